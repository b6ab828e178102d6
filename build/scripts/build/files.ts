import { createHash, type Hash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const gzipAsync = promisify(gzip)

/** A built file, by its path from the repository's root. */
export interface BuiltFile {
  readonly path: string
  readonly bytes: number
  readonly gzipBytes: number
  readonly sha256: string
}

export const sha256 = (...parts: readonly (string | Uint8Array)[]): string =>
  parts.reduce<Hash>((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

/** Puts a whole file in place at once: a process that reads or runs the old one keeps the old one. */
export async function writeBuilt(root: string, path: string, contents: Uint8Array, mode = 0o644): Promise<BuiltFile> {
  const file = join(root, path)
  const temporary = `${file}.${process.pid}.tmp`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(temporary, contents)
  await chmod(temporary, mode)
  await rename(temporary, file)
  const { length: gzipBytes } = await gzipAsync(contents)
  return { path, bytes: contents.length, gzipBytes, sha256: sha256(contents) }
}

/**
 * Makes `to` a copy of the folder `from`: pages last, so that none is served before what it refers to, and only then
 * removes what the new copy does not have.
 */
export async function replaceFolder(root: string, from: string, to: string): Promise<BuiltFile[]> {
  const paths = (await listFiles(join(root, from))).toSorted((a, b) => Number(isPage(a)) - Number(isPage(b)))
  const files: BuiltFile[] = []
  for (const path of paths) files.push(await writeBuilt(root, join(to, path), await readFile(join(root, from, path))))
  const kept = new Set(paths)
  const stale = (await listFiles(join(root, to))).filter((path) => !kept.has(path))
  await Promise.all(stale.map((path) => rm(join(root, to, path), { force: true })))
  return files
}

const isPage = (path: string): boolean => path.endsWith('.html')

/** All files below a folder, by their paths from it, sorted; none when there is no such folder. */
export async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .toSorted()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
