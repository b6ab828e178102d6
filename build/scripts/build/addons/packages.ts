import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { listFiles } from '../files.ts'

const manifestSchema = z.object({
  version: z.string(),
  main: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
})

export interface InstalledPackage {
  readonly name: string
  readonly version: string
  /** Its folder, from the root. */
  readonly folder: string
  /** Whether it has a part in C++. */
  readonly native: boolean
}

/** Needed to compile, never to run. */
const BUILD_ONLY = 'nan'

/**
 * Packages and all that they depend on, without what only compiling needs; undefined when one is not installed: they are optional, so npm
 * leaves them out where it cannot have them.
 */
export async function closure(root: string, names: readonly string[]): Promise<InstalledPackage[] | undefined> {
  const found = new Map<string, InstalledPackage>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === BUILD_ONLY || found.has(name)) continue
    const folder = join('node_modules', name)
    const text = await readFile(join(root, folder, 'package.json'), 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const { version, dependencies } = manifestSchema.parse(JSON.parse(text))
    const files = await readdir(join(root, folder))
    found.set(name, { name, version, folder, native: files.includes('binding.gyp') })
    open.push(...Object.keys(dependencies))
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name))
}

/** What of a package runs, and its licence. All of these keep their programs beside their manifest. */
export async function runtimeFiles(root: string, { folder }: InstalledPackage): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const wanted = entries.filter(
    (entry) => entry.isFile() && /^(package\.json|licen[cs]e.*|[^.]+\.js)$/i.test(entry.name),
  )
  return wanted.map(({ name }) => name).toSorted()
}

/** What goes into compiling and shipping a package, from the root: not what was made of it. */
export async function sourceFiles(root: string, { folder }: InstalledPackage): Promise<string[]> {
  const files = await listFiles(join(root, folder))
  return files.filter((file) => !file.startsWith('lib/binding/')).map((file) => join(folder, file))
}

/** The version of the library of macros that the packages compile with. */
export async function buildLibraryVersion(root: string): Promise<string> {
  return manifestSchema.parse(
    JSON.parse(await readFile(join(root, 'node_modules', BUILD_ONLY, 'package.json'), 'utf8')),
  ).version
}
