import { describe, expect, it } from 'vitest'
import { boardTests } from '../suite.ts'
import { boardIfAny, ROOT } from './board.ts'

const board = await boardIfAny()
const files = boardTests(ROOT)
// Before any test is named, because their names come from there.
const tests = (await board?.runTests('drivers', files, 8 * 60_000)) ?? []

describe.skipIf(board === undefined)('on the virtual board', () => {
  it('every file of tests ran', () => {
    expect([...new Set(tests.map(({ file }) => file))].toSorted()).toEqual(files)
  })

  describe.each(files)('%s', (file) => {
    it.for(tests.filter((test) => test.file === file))('$name', ({ status, messages }, { skip }) => {
      skip(status === 'skipped')
      expect(status, messages.join('\n')).toBe('passed')
    })
  })
})
