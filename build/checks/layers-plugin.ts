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

const declaredPackages: DeclaredPackages = (() => {
  const cache = new Map<string, ReadonlySet<string>>()
  const names = (folder: string): ReadonlySet<string> => {
    let found = cache.get(folder)
    if (found === undefined) {
      found = readNames(folder)
      cache.set(folder, found)
    }
    return found
  }
  return (layer: LayerName, isTest: boolean) => {
    const own = names(LAYERS[layer].folder)
    return isTest || layer === 'build' || layer === 'e2e' ? own.union(names('.')) : own
  }
})()

function readNames(folder: string): ReadonlySet<string> {
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Record<string, object>
  const fields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  return new Set(fields.flatMap((field) => Object.keys(manifest[field] ?? {})))
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
