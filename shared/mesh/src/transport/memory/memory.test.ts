import { VirtualClock } from '@wrale/kernel/testing'
import type { FleetId } from '@wrale/protocol'
import { transportConformance } from '../testing/conformance.ts'
import { MemoryNetwork } from './network.ts'
import { seededRandom } from './seeded-random.ts'
import { virtualCertificate, virtualPeerId } from './virtual-certificate.ts'

transportConformance('memory', async () => {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock, { random: seededRandom(1) })
  const otherFleet = virtualPeerId(1000) as string as FleetId
  let members = 0
  return {
    nowhere: '/memory/4711',
    async make({ fleet, name, maxLinks } = {}) {
      const certificate = virtualCertificate(members++, 'node', fleet === undefined ? undefined : otherFleet)
      return network.join(
        { ...certificate, name: name ?? certificate.name },
        maxLinks === undefined ? {} : { maxLinks },
      )
    },
    async run(promise) {
      const state = { settled: false }
      const settle = (): void => {
        state.settled = true
      }
      promise.then(settle, settle)
      for (let step = 0; step < 10_000 && !state.settled; step++) await clock.advance(1)
      return promise
    },
    pass: (ms) => clock.advance(ms),
  }
})
