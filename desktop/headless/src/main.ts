import './lean.ts'
import { errnoOf } from '@wrale/host'
import { wrale } from './cli/wrale.ts'

// Whoever reads our output may stop reading, as `head` does; that is no failure.
process.stdout.on('error', (error) => process.exit(errnoOf(error) === 'EPIPE' ? 0 : 74))

process.exit(await wrale(process.argv.slice(2), { out: process.stdout, err: process.stderr }))
