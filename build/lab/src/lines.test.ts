import fc from 'fast-check'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { LineLog } from './lines.ts'

async function logOf(chunks: readonly (string | Buffer)[], limits = {}): Promise<LineLog> {
  const log = new LineLog(limits)
  const stream = new PassThrough()
  log.follow('stdout', stream)
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  await once(stream, 'close')
  return log
}

const texts = (log: LineLog): string[] => log.lines.map((line) => line.text)

test('lines come out as they went in, however the bytes were cut', async () => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\n\r]/.test(text))
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 20 }),
      fc.array(fc.nat(200), { maxLength: 10 }),
      async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
        const chunks = places.slice(1).map((end, n) => bytes.subarray(places[n], end))
        expect(texts(await logOf(chunks))).toEqual(lines)
      },
    ),
  )
})

test('a last line without an end counts, and carriage returns do not', async () => {
  expect(texts(await logOf(['one\r\ntw', 'o']))).toEqual(['one', 'two'])
})

test('lines, characters and the length of a line are bounded, oldest first', async () => {
  expect(texts(await logOf(['1\n2\n3\n'], { lines: 2 }))).toEqual(['2', '3'])
  expect(texts(await logOf(['aaaa\nbbbb\ncc\n'], { characters: 7 }))).toEqual(['bbbb', 'cc'])
  expect(texts(await logOf(['abc', 'def', 'ghi\nx\n'], { lineLength: 4 }))).toEqual(['abcd', 'x'])
})

test('waiting finds a line that was there before, and only later ones when asked to', async () => {
  const log = new LineLog()
  const stream = new PassThrough()
  log.follow('stdout', stream)
  stream.write('ready\n')
  const first = await log.waitFor('it', 'ready')
  const second = log.waitFor('it', /^ready$/g, { after: first })
  stream.write('ready\n')
  expect((await second).seq).toBe(first.seq + 1)
  expect(log.last?.seq).toBe(first.seq + 1)
})

test('waiting looks at the stream it was told to', async () => {
  const log = new LineLog()
  const [out, err] = [new PassThrough(), new PassThrough()]
  log.follow('stdout', out)
  log.follow('stderr', err)
  out.write('word\n')
  const found = log.waitFor('it', (text) => text === 'word', { stream: 'stderr' })
  err.write('word\n')
  expect((await found).stream).toBe('stderr')
})

test('waiting fails in time, and at once when the output ends, with the last lines in the message', async () => {
  const log = new LineLog()
  const stream = new PassThrough()
  log.follow('stdout', stream)
  await expect(log.waitFor('it', 'x', { timeoutMs: 10 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: 'it has not printed a line like x within 10 ms; it printed nothing',
  })
  const waiting = log.waitFor('it', 'x')
  stream.end('bye\n')
  await expect(waiting).rejects.toMatchObject({
    code: 'NOT_RUNNING',
    message: 'it ended without a line like x; its last lines:\n  stdout: bye',
  })
})

test('a reader that fell behind the bound goes on with the oldest line kept', async () => {
  const log = await logOf(['1\n2\n3\n4\n'], { lines: 2 })
  const seen: number[] = []
  for await (const line of log.iterate(undefined, { seq: 0, stream: 'stdout', text: '1', at: 0 })) seen.push(line.seq)
  expect(seen).toEqual([2, 3])
})
