import { expect, test } from 'vitest'
import { fillIn, parseChance, parseRunOptions } from './options.ts'

test('what follows the border is the program, whatever it looks like', () => {
  const words = [
    '--nodes',
    '4',
    '--drop',
    '10%',
    '--clock',
    '1970-01-01',
    '--duration',
    '2.5',
    '--',
    'node',
    '--nodes',
    '9',
  ]
  expect(parseRunOptions('run', words)).toEqual({
    nodes: 4,
    loss: 0.1,
    clock: { at: '1970-01-01' },
    durationSeconds: 2.5,
    program: 'node',
    args: ['--nodes', '9'],
  })
  expect(parseRunOptions('host', ['--', 'ls'])).toMatchObject({ nodes: 1, loss: 0, args: [], clock: undefined })
})

test.each([
  ['no program', 'run', ['--nodes', '1']],
  ['an empty program', 'run', ['--']],
  ['an unknown flag', 'run', ['--bogus', '--', 'ls']],
  ['a word before the border', 'run', ['extra', '--', 'ls']],
  ['too many nodes', 'run', ['--nodes', '251', '--', 'ls']],
  ['no nodes', 'run', ['--nodes', '0', '--', 'ls']],
  ['nodes that are no number', 'run', ['--nodes', 'x', '--', 'ls']],
  ['a loss above all', 'run', ['--drop', '101%', '--', 'ls']],
  ['a time that is none', 'run', ['--clock', 'noon', '--', 'ls']],
  ['a duration of nothing', 'run', ['--duration', '0', '--', 'ls']],
  ['a network flag for a single host', 'host', ['--nodes', '2', '--', 'ls']],
] as const)('%s is a usage error', (_, command, words) => {
  expect(() => parseRunOptions(command, words)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error)
})

test('chances are percentages or fractions', () => {
  expect([parseChance('10%'), parseChance('0.1'), parseChance('100%'), parseChance('0')]).toEqual([0.1, 0.1, 1, 0])
  for (const text of ['', '%', '-1', '1.5', '1e-1', 'ten'])
    expect(() => parseChance(text)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error)
})

test('a word is filled in for its machine; other braces are left alone', () => {
  const machine = { i: 3, name: 'n3', address: '10.213.0.3' }
  expect(fillIn('{name}:{i}{i} {address} {x} {}', machine)).toBe('n3:33 10.213.0.3 {x} {}')
})
