import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.cache', 'test-output'])

/** Paths of all files that people write here, from `root`, with `/` separators. Built and installed ones are left out. */
export async function sourceFiles(root: string, folder = root): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const nested = await Promise.all(
    entries.map(async (entry) => {
      if (SKIPPED.has(entry.name)) return []
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return sourceFiles(root, path)
      return entry.isFile() ? [relative(root, path).replaceAll(sep, '/')] : []
    }),
  )
  return nested.flat()
}
