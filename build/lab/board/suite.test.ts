import { expect, it } from 'vitest'
import { exitCodeIn } from './boot.ts'
import { guestTests } from './suite.ts'

const assertion = (fullName: string, status: string, failureMessages: string[] = []) => ({
  fullName,
  status,
  failureMessages,
})
const name = '/somewhere/edge-node__src__gpio__line.board.test.mjs'
const file = 'edge-node/src/gpio/line.board.test.ts'

it('tells tests by the files that they were bundled from', () => {
  const assertionResults = [
    assertion('reads', 'passed'),
    assertion('writes', 'failed', ['why']),
    assertion('waits', 'pending'),
  ]
  expect(guestTests({ testResults: [{ name, status: 'failed', message: '', assertionResults }] })).toEqual([
    { file, name: 'reads', status: 'passed', messages: [] },
    { file, name: 'writes', status: 'failed', messages: ['why'] },
    { file, name: 'waits', status: 'skipped', messages: [] },
  ])
})

it('counts a file that could not be loaded as a failure', () => {
  const broken = { name, status: 'failed', message: 'no such module', assertionResults: [] }
  expect(guestTests({ testResults: [broken] })).toEqual([
    { file, name: 'the file', status: 'failed', messages: ['no such module'] },
  ])
})

it('refuses a report that is none', () => {
  expect(() => guestTests({ success: true })).toThrow('testResults')
})

it('takes the exit code from the last line that tells one, and from nothing like it', () => {
  expect(exitCodeIn('board: ended with 0\r\nboard: ended with 7\r\n[ 3.1] reboot')).toBe(7)
  expect(exitCodeIn('a test printed board: ended with 0\n')).toBeUndefined()
  expect(exitCodeIn('watchdog: did not stop')).toBeUndefined()
})
