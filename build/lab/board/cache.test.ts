import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { cached } from './cache.ts'

let root: string
let made: string[]
const make = (content: string) => async (folder: string) => {
  made.push(content)
  await writeFile(join(folder, 'file'), content)
}

beforeEach(async () => {
  made = []
  root = await mkdtemp(join(tmpdir(), 'wrale-board-cache-'))
})
afterEach(() => rm(root, { recursive: true }))

it('makes a thing once for the same inputs', async () => {
  const folder = await cached(root, 'kernel', ['a', 'b'], make('first'))
  expect(await cached(root, 'kernel', ['a', 'b'], make('second'))).toBe(folder)
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('first')
  expect(made).toEqual(['first'])
})

it('makes it anew for other inputs, and keeps one of a kind', async () => {
  const first = await cached(root, 'kernel', ['ab'], make('first'))
  const other = await cached(root, 'initrd', ['ab'], make('other'))
  const second = await cached(root, 'kernel', ['a', 'b'], make('second'))
  expect(second).not.toBe(first)
  expect((await readdir(root)).toSorted()).toEqual([basename(other), basename(second)].toSorted())
})

it('leaves nothing behind of what could not be made', async () => {
  const failing = async (folder: string): Promise<void> => {
    await writeFile(join(folder, 'half'), '')
    throw new Error('no room')
  }
  await expect(cached(root, 'kernel', ['a'], failing)).rejects.toThrow('no room')
  expect(await readdir(root)).toEqual([])
})

it('takes what another process made meanwhile', async () => {
  const ours = make('ours')
  const folder = await cached(root, 'kernel', ['a'], async (draft) => {
    await ours(draft)
    const theirs = join(root, basename(draft).replace(/\.draft-\d+$/, ''))
    await mkdir(theirs)
    await writeFile(join(theirs, 'file'), 'theirs')
  })
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('theirs')
  expect(await readdir(root)).toEqual([basename(folder)])
})
