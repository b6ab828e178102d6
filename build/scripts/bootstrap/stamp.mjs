// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {Record<string, string>} Versions */
/** @typedef {'dependencies' | 'devDependencies' | 'optionalDependencies' | 'peerDependencies'} DependencyField */
/** @typedef {{ [field in DependencyField]?: Versions } & { workspaces?: string[] }} Manifest */
/** @typedef {Manifest & { version?: string, integrity?: string, optional?: boolean }} LockedPackage */
/** @typedef {{ packages: Record<string, LockedPackage> }} Lock */

/** @type {readonly DependencyField[]} */
const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

/**
 * What decides the contents of `node_modules`: the lock file, every manifest, and the machine they were installed for.
 * @param {string} root
 */
export function installStamp(root) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\0`)
  for (const file of ['package-lock.json', ...manifests(root)]) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/**
 * Paths of all `package.json` files from the root, the root's own first. Knows the two forms of workspace that npm is
 * given here: a folder, and all folders of a folder.
 * @param {string} root
 */
function manifests(root) {
  const patterns = readManifest(join(root, 'package.json')).workspaces ?? []
  const folders = patterns.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern]
    const parent = pattern.slice(0, -2)
    if (!existsSync(join(root, parent))) return []
    return readdirSync(join(root, parent))
      .sort()
      .map((name) => `${parent}/${name}`)
  })
  return ['', ...folders].map((folder) => join(folder, 'package.json')).filter((file) => existsSync(join(root, file)))
}

/**
 * Whether `node_modules` already holds what the lock file names, as after a developer's own `npm install`: then
 * installing again would change nothing and only pull the packages from under running programs.
 * @param {string} root
 */
export function isInstalledAsLocked(root) {
  const hidden = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(hidden)) return false
  const lock = readLock(join(root, 'package-lock.json'))
  const installed = readLock(hidden)
  return (
    manifests(root).every((file) => isInLock(root, file, lock)) &&
    Object.entries(lock.packages).every(([path, locked]) => isPresent(path, locked, installed)) &&
    Object.keys(installed.packages).every((path) => path in lock.packages)
  )
}

/** @param {string} root @param {string} file @param {Lock} lock */
function isInLock(root, file, lock) {
  const manifest = readManifest(join(root, file))
  const folder = file === 'package.json' ? '' : file.slice(0, -'/package.json'.length)
  const locked = lock.packages[folder]
  return DEPENDENCY_FIELDS.every((field) => sameVersions(manifest[field] ?? {}, locked?.[field] ?? {}))
}

/** @param {Versions} left @param {Versions} right */
function sameVersions(left, right) {
  const names = Object.keys(left)
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name])
}

/** @param {string} path @param {LockedPackage} locked @param {Lock} installed */
function isPresent(path, locked, installed) {
  // Workspaces themselves are not listed under their own folder, only as links; optional packages depend on the machine.
  if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true
  const found = installed.packages[path]
  if (found === undefined) return locked.optional === true
  return found.version === locked.version && found.integrity === locked.integrity
}

/** @param {string} path */
function readManifest(path) {
  return /** @type {Manifest} */ (JSON.parse(readFileSync(path, 'utf8')))
}

/** @param {string} path */
function readLock(path) {
  return /** @type {Lock} */ (JSON.parse(readFileSync(path, 'utf8')))
}
