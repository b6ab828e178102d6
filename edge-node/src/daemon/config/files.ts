import { constants } from 'node:fs'
import { type FileHandle, open, opendir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from '@wrale/host'
import type { ConfigProblem } from './problems.ts'

/** Largest file, bytes, and most files beside the main one. */
export const maxFileBytes = 256 * 1024
export const maxParts = 64

export interface ConfigText {
  readonly file: string
  readonly text: string
}

export interface ConfigFiles {
  /** The main file where there is one, then the parts by name. */
  readonly texts: readonly ConfigText[]
  readonly problems: readonly ConfigProblem[]
}

/** Folder of the parts that belong to a main file. */
export function partsFolderOf(mainFile: string): string {
  return join(dirname(mainFile), 'conf.d')
}

/**
 * Reads a main file and every `*.yaml` of the `conf.d` beside it, in the order of their names' code units. A folder that is missing is one that is empty.
 * @param mustExist whether a missing main file is a problem
 */
export async function readConfigFiles(mainFile: string, mustExist: boolean): Promise<ConfigFiles> {
  const problems: ConfigProblem[] = []
  const texts: ConfigText[] = []
  const take = async (file: string, mayBeMissing: boolean): Promise<void> => {
    const found = await readOne(file)
    if ('text' in found) texts.push({ file, text: found.text })
    else if (!(mayBeMissing && found.errno === 'ENOENT')) problems.push({ file, path: '', message: found.message })
  }
  await take(mainFile, !mustExist)
  const folder = partsFolderOf(mainFile)
  const parts = await listParts(folder)
  if (typeof parts === 'string') problems.push({ file: folder, path: '', message: parts })
  else for (const name of parts) await take(join(folder, name), false)
  return { texts, problems }
}

/** @returns names in order, or what is wrong with the folder */
async function listParts(folder: string): Promise<readonly string[] | string> {
  const names: string[] = []
  try {
    for await (const { name } of await opendir(folder)) {
      // Editors and package managers leave files such as `.x.yaml.swp` and `x.yaml~`; hidden ones are drafts.
      if (!name.endsWith('.yaml') || name.startsWith('.')) continue
      if (names.length === maxParts) return `more than ${maxParts} files`
      names.push(name)
    }
  } catch (error) {
    const reason = errnoOf(error)
    if (reason === 'ENOENT') return []
    return reason === 'ENOTDIR' ? 'it is no folder' : wordsOf(reason)
  }
  // Not by locale: every machine must read them in the same order.
  return names.toSorted((a, b) => (a < b ? -1 : 1))
}

async function readOne(
  path: string,
): Promise<{ readonly text: string } | { readonly message: string; readonly errno?: string | undefined }> {
  let handle: FileHandle | undefined
  try {
    // A pipe in the place of a file must not make the daemon wait for a writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const about = await handle.stat()
    if (about.isDirectory()) return { message: 'it is a folder, not a file' }
    if (!about.isFile()) return { message: 'it is not a regular file' }
    const buffer = Buffer.alloc(Math.min(about.size, maxFileBytes) + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
      length += bytesRead
      if (bytesRead === 0 || length === buffer.length) break
    }
    if (length > maxFileBytes) return { message: `larger than ${maxFileBytes} bytes` }
    if (length === buffer.length) return { message: 'it was written while it was read' }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length)) }
  } catch (error) {
    if (error instanceof TypeError) return { message: 'it is not UTF-8 text' }
    const errno = errnoOf(error)
    return { message: wordsOf(errno), errno }
  } finally {
    await handle?.close()
  }
}

function wordsOf(reason: string | undefined): string {
  const words: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'no right to read it',
    ENXIO: 'it is not a regular file',
  }
  return words[reason ?? ''] ?? reason ?? 'cannot be read'
}
