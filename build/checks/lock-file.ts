/** Finds what would make a clean install refuse the lock file, or ask one particular registry. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const versions = z.record(z.string(), z.string()).optional()
const manifestSchema = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
  peerDependencies: versions,
})
const lockSchema = z.object({
  packages: z.record(z.string(), manifestSchema.extend({ resolved: z.string().optional() })),
})
export type Manifest = z.infer<typeof manifestSchema>
type Lock = z.infer<typeof lockSchema>

const FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const

/** @param root the repository; workspaces are those that the lock file knows */
export async function checkLockFile(root: string): Promise<string[]> {
  const lock = lockSchema.parse(await readJson(join(root, 'package-lock.json')))
  const folders = Object.keys(lock.packages).filter((path) => !path.includes('node_modules/'))
  const manifests = await Promise.all(
    folders.map(async (folder) => {
      const manifest = manifestSchema.parse(await readJson(join(root, folder, 'package.json')))
      return [folder, manifest] as const
    }),
  )
  return lockProblems(lock, new Map(manifests))
}

/** @param manifests the package.json of every workspace by its folder, the root's under the empty name */
export function lockProblems(lock: Lock, manifests: ReadonlyMap<string, Manifest>): string[] {
  const outdated = [...manifests].flatMap(([folder, manifest]) =>
    FIELDS.flatMap((field) => differing(manifest[field] ?? {}, lock.packages[folder]?.[field] ?? {})).map(
      (name) => `${join(folder, 'package.json')}: ${name} is not what package-lock.json says; run npm install`,
    ),
  )
  const packages = Object.entries(lock.packages)
  const addresses = packages
    .filter(([, { resolved }]) => resolved !== undefined && /^\w+:(?!\.)/.test(resolved))
    .map(([path]) => `package-lock.json: ${path} names a registry; install with the .npmrc of this folder`)
  return [...outdated, ...addresses, ...packages.flatMap(([path, found]) => missingOptional(lock, path, found))]
}

function differing(left: Record<string, string>, right: Record<string, string>): string[] {
  return Object.keys({ ...left, ...right }).filter((name) => left[name] !== right[name])
}

/** npm leaves a platform's binary out of the lock when it cannot fetch its description, and then refuses the lock. */
function missingOptional(lock: Lock, path: string, { optionalDependencies = {} }: Manifest): string[] {
  return Object.keys(optionalDependencies)
    .filter((name) => !places(path).some((folder) => `${folder}node_modules/${name}` in lock.packages))
    .map((name) => `package-lock.json: ${name}, which ${path} names, has no entry`)
}

/** Folders in whose `node_modules` a package looks for another, from its own outwards. */
function places(path: string): string[] {
  const outer = path.lastIndexOf('node_modules/')
  return path === '' ? [''] : [`${path}/`, ...places(outer > 0 ? path.slice(0, outer - 1) : '')]
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'))
}
