/** Stands in for `wrale-edge`: joins by leaving a file beside its state, and can be told by its name to misbehave. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'state-dir': { type: 'string', default: '' },
    name: { type: 'string', default: '' },
    metal: { type: 'string' },
    http: { type: 'string' },
    join: { type: 'string', default: '@' },
  },
})
const here = join(values['state-dir'], 'here.json')

if (positionals[0] === 'sim') {
  writeFileSync(join(values['state-dir'], 'fault'), positionals.join(' '))
} else {
  const token = readFileSync(values.join.slice(1), 'utf8')
  mkdirSync(values['state-dir'], { recursive: true })
  writeFileSync(`${here}.new`, JSON.stringify({ name: values.name, metal: values.metal, token, pid: process.pid }))
  renameSync(`${here}.new`, here)
  const leave = (): void => {
    rmSync(here, { force: true })
    process.exit(0)
  }
  process.on('SIGTERM', () => {
    if (!process.env['FAKE_EDGE_STUCK']) leave()
  })
  process.on('SIGINT', () => process.exit(99))
  process.on('disconnect', leave)
  setInterval(() => undefined, 1000)
  if (process.env['FAKE_EDGE_CRASHES'] === values.name) {
    console.error('the fake has crashed')
    process.exit(9)
  }
}
