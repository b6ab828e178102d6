/**
 * The linter's view of the layer table: one rule, `wrale/layers`, over every form in which a module can be named.
 * A rule of its own because `no-restricted-imports` sees neither dynamic imports nor how far `../` reaches.
 */
import { readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { violation, type DeclaredPackages } from './layer-rule.ts'
import { LAYERS, type LayerName } from './layers.ts'

/** The slice of ESTree that the rule reads. */
interface SourceNode {
  readonly type: string
  readonly value?: unknown
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[]
}
interface ImportingNode {
  readonly source: SourceNode | null
}
interface CallNode {
  readonly callee: { readonly type: string; readonly name?: string }
  readonly arguments: readonly SourceNode[]
}
interface RuleContext {
  readonly filename: string
  report(problem: { node: SourceNode; message: string }): void
}

const ROOT = dirname(dirname(import.meta.dirname))

/** Which fields of a manifest hold what runs with the product, and which what only tests and tools need. */
const RUNTIME_FIELDS = ['dependencies', 'optionalDependencies', 'peerDependencies']
const ALL_FIELDS = [...RUNTIME_FIELDS, 'devDependencies']
/** Tools, and Electron, which its packager wants among the development dependencies. */
const RUNS_DEV_DEPENDENCIES: ReadonlySet<LayerName> = new Set(['build', 'e2e', 'electron'])

const manifests = new Map<string, Record<string, object>>()

const declaredPackages: DeclaredPackages = (layer, isTest) => {
  const { folder } = LAYERS[layer]
  const all = new Set(namesIn(folder, ALL_FIELDS))
  if (isTest || layer === 'build' || layer === 'e2e') return new Set([...all, ...namesIn('.', ALL_FIELDS)])
  return RUNS_DEV_DEPENDENCIES.has(layer) ? all : new Set(namesIn(folder, RUNTIME_FIELDS))
}

function namesIn(folder: string, fields: readonly string[]): string[] {
  let manifest = manifests.get(folder)
  if (manifest === undefined) {
    manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Record<string, object>
    manifests.set(folder, manifest)
  }
  return fields.flatMap((field) => Object.keys(manifest[field] ?? {}))
}

function constantText(node: SourceNode | null | undefined): string | undefined {
  if (typeof node?.value === 'string') return node.value
  return node?.type === 'TemplateLiteral' && node.quasis?.length === 1 ? node.quasis[0]?.value.cooked : undefined
}

function create(context: RuleContext): Record<string, (node: ImportingNode & CallNode) => void> {
  const file = relative(ROOT, context.filename).replaceAll(sep, '/')
  const check = (node: SourceNode | null | undefined): void => {
    const specifier = constantText(node)
    if (node === null || node === undefined || specifier === undefined) return
    const message = violation(file, specifier, declaredPackages)
    if (message !== undefined) context.report({ node, message })
  }
  const source = (node: ImportingNode): void => check(node.source)
  return {
    ImportDeclaration: source,
    ExportNamedDeclaration: source,
    ExportAllDeclaration: source,
    ImportExpression: source,
    TSImportType: source,
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type === 'Identifier' && callee.name === 'require') check(first)
    },
  }
}

export default { meta: { name: 'wrale' }, rules: { layers: { create } } }
