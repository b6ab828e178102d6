import { expect, test } from 'vitest'
import { parseDemoOptions } from './options.ts'

test('no options give five nodes on the default port', () => {
  expect(parseDemoOptions([])).toMatchObject({ nodes: 5, port: 7420, open: true, faults: true })
  expect(parseDemoOptions([])).not.toHaveProperty('durationS')
})

test('every option is read', () => {
  const args = [
    '--nodes',
    '2',
    '--port=8000',
    '--state-dir',
    '/tmp/demo',
    '--no-open',
    '--no-faults',
    '--duration',
    '9',
  ]
  expect(parseDemoOptions(args)).toEqual({
    nodes: 2,
    port: 8000,
    stateDir: '/tmp/demo',
    open: false,
    faults: false,
    durationS: 9,
  })
})

test('help is no run', () => {
  expect(parseDemoOptions(['--help', '--nodes', '1'])).toBeUndefined()
})

test.each([
  [['--nodes', 'many'], "--nodes takes a whole number from 0 to 200, not 'many'"],
  [['--nodes', '1e2'], "--nodes takes a whole number from 0 to 200, not '1e2'"],
  [['--port', '70000'], "--port takes a whole number from 1 to 65535, not '70000'"],
  [['--duration', '0'], "--duration takes a whole number from 1 to 604800, not '0'"],
  [['--state-dir', ''], '--state-dir needs a folder'],
  [['--fast'], "Unknown option '--fast'"],
  [['extra'], "Unexpected argument 'extra'"],
])('%j is a usage error of one sentence', (args, message) => {
  expect(() => parseDemoOptions(args)).toThrow(expect.objectContaining({ code: 'USAGE', message }))
})
