import { silentLogger, systemClock } from '@wrale/kernel'
import { generateIdentity } from '@wrale/protocol/signing'
import { Incidents } from '../../incidents.ts'
import { testFleet } from '../../testing/test-fleet.ts'
import { defaultTuning } from '../../tuning.ts'
import { transportConformance } from '../testing/conformance.ts'
import { LibP2PTransport } from './transport.ts'

transportConformance('libp2p', async () => {
  const [fleet, other] = await Promise.all([testFleet(), testFleet()])
  return {
    nowhere: '/ip4/127.0.0.1/tcp/9',
    async make(options = {}) {
      const identity = await generateIdentity()
      const membership = await (options.fleet === undefined ? fleet : other).admit(
        identity.id,
        'node',
        options.name ?? 'member',
      )
      const incidents = new Incidents(silentLogger, systemClock)
      return new LibP2PTransport(
        { identity, membership, clock: systemClock, logger: silentLogger, incidents, penalise: () => undefined },
        {
          ...defaultTuning,
          listen: ['/ip4/127.0.0.1/tcp/0'],
          software: '0.0.0-test',
          maxPeers: options.maxLinks ?? defaultTuning.maxPeers,
        },
      )
    },
    run: (promise) => promise,
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }
})
