import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { CAPABILITY_MODULES, LAYERS, NODE_SIDE_FILE, type Capability, type Layer, type LayerName } from './layers.ts'

/** What a layer's `package.json` lets it import, or undefined when that is not to be checked. */
export type DeclaredPackages = (layer: LayerName, isTest: boolean) => ReadonlySet<string> | undefined

/** The only folder of `build` that another layer may use, and the only layer that may use it. */
const LAB = 'build/lab'
const PACKAGE_SCOPE = '@wrale/'

/**
 * Says why `file` must not import `specifier`, or undefined when it may.
 * @param file path from the repository root with `/` separators
 */
export function violation(file: string, specifier: string, declared: DeclaredPackages): string | undefined {
  const name = layerOf(file)
  if (name === undefined) return undefined
  const module = specifier.replace(/\?.*$/, '')
  if (/^\.{0,2}\//.test(module) || module === '.' || module === '..') return relativeViolation(file, name, module)
  if (module.startsWith(PACKAGE_SCOPE)) return packageViolation(name, module)
  return moduleViolation(file, name, module, declared)
}

/** The layer that owns a path (from the repository root), or undefined for the files at the root. */
export function layerOf(file: string): LayerName | undefined {
  return layerNames().find((name) => file.startsWith(`${LAYERS[name].folder}/`))
}

function layerNames(): LayerName[] {
  return Object.keys(LAYERS) as LayerName[]
}

function relativeViolation(file: string, name: LayerName, module: string): string | undefined {
  const { folder, imports } = LAYERS[name]
  if (module.startsWith('/')) return `${name} imports an absolute path`
  const target = posix.join(posix.dirname(file), module)
  if (target.startsWith(`${folder}/`)) return undefined
  if (imports !== 'any') return `${name} reaches outside ${folder} by a relative path; import the package by its name`
  return isForeignBuild(name, target) ? `${name} may use only ${LAB} of build` : undefined
}

function packageViolation(name: LayerName, module: string): string | undefined {
  const [target, ...rest] = module.slice(PACKAGE_SCOPE.length).split('/')
  const layer = LAYERS[name]
  if (target === name) return undefined
  if (layer.imports === 'any') {
    return target === 'build' && isForeignBuild(name, `build/${rest.join('/')}`)
      ? `${name} may use only ${LAB} of build`
      : undefined
  }
  if (layer.imports.some((allowed) => allowed === target)) return undefined
  return `${name} may import ${layer.imports.join(', ') || 'no other layer'}; not ${target}`
}

function isForeignBuild(name: LayerName, target: string): boolean {
  return name !== 'build' && target.startsWith('build/') && target !== LAB && !target.startsWith(`${LAB}/`)
}

function moduleViolation(
  file: string,
  name: LayerName,
  module: string,
  declared: DeclaredPackages,
): string | undefined {
  const layer = LAYERS[name]
  const path = file.slice(layer.folder.length + 1)
  const isTest = NODE_SIDE_FILE.test(path)
  const needed = capabilityOf(module)
  if (needed !== undefined && !hasCapability(layer, path, isTest, needed, module)) {
    return `${name} must not import ${module} (${needed})`
  }
  if (isBuiltin(module)) return undefined
  const packageName = module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/')
  const known = declared(name, isTest)
  if (known === undefined || known.has(packageName) || known.has(`@types/${packageName}`)) return undefined
  return `${packageName} is not a dependency in ${layer.folder}/package.json`
}

function hasCapability(layer: Layer, path: string, isTest: boolean, needed: Capability, module: string): boolean {
  if (layer.capabilities.includes(needed) || (isTest && needed === 'node')) return true
  return layer.exceptions?.some(({ files, modules }) => files.test(path) && modules.test(module)) ?? false
}

function capabilityOf(module: string): Capability | undefined {
  if (isBuiltin(module)) return 'node'
  for (const [capability, modules] of Object.entries(CAPABILITY_MODULES)) {
    if (modules.test(module)) return capability as Capability
  }
  return undefined
}
