/** Stands in for the desktop application: a window that a person closes at once, or that fails, as the test says. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { 'state-dir': { type: 'string', default: '' } } })

if (process.env['FAKE_WINDOW'] === 'fails' || !existsSync(join(values['state-dir'], 'local.token'))) {
  console.error('wrale-desktop: STATE_DIR_IN_USE: the folder is in use by another process')
  process.exit(73)
}
