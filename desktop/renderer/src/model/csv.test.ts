import { expect, test } from 'vitest'
import { nodesCsv, seriesCsv } from './csv.ts'
import { nodeOf } from './testing/nodes.ts'

test('a series has one line a time, and none for a silence', () => {
  const text = seriesCsv(['In', 'Out'], 'bytesPerSecond', {
    timesMs: [0, 500, 1000],
    values: [
      [1, null, 3],
      [2, null, null],
    ],
  })
  expect(text).toBe(
    'time,In (bytesPerSecond),Out (bytesPerSecond)\r\n1970-01-01T00:00:00.000Z,1,2\r\n1970-01-01T00:00:01.000Z,3,\r\n',
  )
})

test('text is quoted, and cannot become a formula', () => {
  const reasons = [{ aspect: 'thermal', state: 'warn', code: 'hot', message: '=1+1, "hot"' } as const]
  const [, line] = nodesCsv([nodeOf(1, { reasons })]).split('\r\n')
  expect(line).toMatch(/,"'=1\+1, ""hot"""$/)
})
