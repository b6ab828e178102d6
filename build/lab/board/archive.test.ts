import { expect, it } from 'vitest'
import { archive } from './archive.ts'

it('begins each member with its head, and pads names and contents to four bytes', () => {
  const bytes = archive([{ path: 'bin' }, { path: 'bin/sh', content: Buffer.from('#!'), executable: true }])
  expect(bytes.length % 4).toBe(0)
  const text = bytes.toString('latin1')
  const heads = [...text.matchAll(/070701/g)].map(({ index }) => index)
  expect(heads).toHaveLength(3)
  expect(heads.every((at) => at % 4 === 0)).toBe(true)
  const field = (head: number, index: number): number =>
    Number.parseInt(text.slice(head + 6 + index * 8, head + 14 + index * 8), 16)
  const [folder = 0, file = 0, end = 0] = heads
  expect([field(folder, 1), field(folder, 6), field(folder, 11)]).toEqual([0o040755, 0, 4])
  expect([field(file, 1), field(file, 6), field(file, 11)]).toEqual([0o100755, 2, 7])
  expect(text.slice(file + 110, file + 117)).toBe('bin/sh\0')
  expect(text.slice(file + 120, file + 122)).toBe('#!')
  expect(text.slice(end + 110, end + 120)).toBe('TRAILER!!!')
})

it('gives each member a number of its own', () => {
  const text = archive([{ path: 'a' }, { path: 'b' }, { path: 'c', content: Buffer.of(1) }]).toString('latin1')
  const numbers = [...text.matchAll(/070701([0-9a-f]{8})/g)].map(([, number]) => number)
  expect(new Set(numbers).size).toBe(numbers.length)
})
