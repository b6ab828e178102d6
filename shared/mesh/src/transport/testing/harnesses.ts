import { VirtualClock } from '@wrale/kernel/testing'
import { systemClock } from '@wrale/kernel'
import type { FleetId } from '@wrale/protocol'
import { testFleet } from '../../testing/test-fleet.ts'
import { MemoryNetwork } from '../memory/network.ts'
import { seededRandom } from '../memory/seeded-random.ts'
import { virtualCertificate, virtualPeerId } from '../memory/virtual-certificate.ts'
import type { TransportHarness } from './conformance.ts'
import { libp2pTransport } from './libp2p-transport.ts'

/** Members on a network in memory; time passes while something is awaited with `run`. */
export async function memoryHarness(): Promise<TransportHarness> {
  const clock = new VirtualClock()
  const network = new MemoryNetwork(clock, { random: seededRandom(1) })
  const otherFleet = virtualPeerId(1000) as string as FleetId
  let members = 0
  return {
    clock,
    nowhere: '/memory/4711',
    async make({ fleet, name, maxLinks } = {}) {
      const certificate = virtualCertificate(members++, 'node', fleet === undefined ? undefined : otherFleet)
      return network.join(
        { ...certificate, name: name ?? certificate.name },
        maxLinks === undefined ? {} : { maxLinks },
      )
    },
    run: (promise) => settled(clock, promise),
    pass: (ms) => clock.advance(ms),
  }
}

/** Lets virtual time pass until the promise settles, one minute at most. */
export async function settled<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  const state = { settled: false }
  const settle = (): void => {
    state.settled = true
  }
  promise.then(settle, settle)
  for (let ms = 0; ms < 60_000 && !state.settled; ms++) await clock.advance(1)
  return promise
}

/** Members on loopback. */
export async function libp2pHarness(): Promise<TransportHarness> {
  const [fleet, other] = await Promise.all([testFleet(), testFleet()])
  return {
    clock: systemClock,
    nowhere: '/ip4/127.0.0.1/tcp/9',
    make: ({ fleet: which, name, maxLinks } = {}) =>
      libp2pTransport(which === undefined ? fleet : other, {
        ...(name === undefined ? {} : { name }),
        ...(maxLinks === undefined ? {} : { maxPeers: maxLinks }),
      }),
    run: (promise) => promise,
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
}
