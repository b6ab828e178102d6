import { createLogger } from '@wrale/host'
import { hostStation } from './brain/host-station.ts'
import { runBrainHost } from './brain/run.ts'

// The station's process. Electron starts it as a utility process and gives it `process.parentPort`.
const logger = createLogger({ name: 'wrale-station', level: 'info' })

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    logger.error('the station cannot go on', { error })
    process.exit(70)
  })
}
process.exit(
  await runBrainHost(
    { parent: process.parentPort, startStation: (flags) => hostStation(flags, logger), logger },
    process.argv.slice(2),
  ),
)
