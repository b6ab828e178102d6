import { FleetError } from '@wrale/kernel'
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'

/** Largest configuration file, bytes. */
export const maxConfigBytes = 64 * 1024

/**
 * Reads YAML 1.2 and checks it against a schema. Every error says where it is: `file:line:column: path: problem`, the first one only,
 * because it is often the cause of the others. Aliases are refused: no configuration needs them, and a few can make a small file a
 * huge value.
 * @throws FleetError CONFIG_INVALID
 */
export function parseYaml<S extends z.ZodType>(text: string, file: string, schema: S): z.output<S> {
  if (Buffer.byteLength(text) > maxConfigBytes) {
    throw new FleetError('CONFIG_INVALID', `${file}: larger than ${maxConfigBytes} bytes`, { file })
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, logLevel: 'error' })
  const wrong = document.errors[0] ?? document.warnings[0]
  if (wrong !== undefined) throw invalid(file, lines, wrong.pos[0], '', wrong.message)
  const alias = firstAlias(document)
  if (alias !== undefined) throw invalid(file, lines, alias, '', 'aliases are not allowed here')
  // An empty file is an empty mapping: everything has its default.
  const parsed = schema.safeParse(document.toJS() ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue === undefined) throw new FleetError('CONFIG_INVALID', `${file}: not valid`, { file })
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = unknownKey === undefined ? issue.path : [...issue.path, unknownKey]
  const more = parsed.error.issues.length > 1 ? ` (and ${parsed.error.issues.length - 1} more)` : ''
  const offset = offsetOf(document, path, unknownKey !== undefined)
  throw invalid(file, lines, offset, path.map(String).join('.'), issue.message + more)
}

function firstAlias(document: Document): number | undefined {
  let offset: number | undefined
  visit(document, {
    Alias(_key, node) {
      offset = node.range?.[0] ?? 0
      return visit.BREAK
    },
  })
  return offset
}

/** Where the value at a path begins, or its key; for a path that the document does not have, the deepest part that it has. */
function offsetOf(document: Document, path: readonly PropertyKey[], atKey: boolean): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const [index, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
      if (pair === undefined) break
      node = atKey && index === path.length - 1 ? pair.key : pair.value
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step]
    } else {
      break
    }
    offset = startOf(node) ?? offset
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

function invalid(file: string, lines: LineCounter, offset: number, path: string, problem: string): FleetError {
  const { line, col: column } = lines.linePos(offset)
  const text = path === '' ? problem : `${path}: ${problem}`
  return new FleetError('CONFIG_INVALID', `${file}:${line}:${column}: ${text}`, { file, line, column, path })
}
