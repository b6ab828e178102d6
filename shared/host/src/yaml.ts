import { FleetError } from '@wrale/kernel'
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  parseDocument,
  visit,
} from 'yaml'
import type { z } from 'zod'

/** Largest configuration file, bytes. */
export const maxConfigBytes = 64 * 1024
/** Largest file of many documents, bytes, and most documents in it. */
const maxDocumentsBytes = 1024 * 1024
const maxDocuments = 5000

const parsing = { prettyErrors: false, stringKeys: true, logLevel: 'error' } as const

interface Source {
  readonly file: string
  readonly lines: LineCounter
  readonly code: 'CONFIG_INVALID' | 'INPUT_INVALID'
}

/**
 * Reads YAML 1.2 and checks it against a schema. Every error says where it is: `file:line:column: path: problem`, the first one only,
 * because it is often the cause of the others. Aliases are refused: no configuration needs them, and a few can make a small file a
 * huge value.
 * @throws FleetError CONFIG_INVALID
 */
export function parseYaml<S extends z.ZodType>(text: string, file: string, schema: S): z.output<S> {
  const source: Source = { file, lines: new LineCounter(), code: 'CONFIG_INVALID' }
  checkSize(text, maxConfigBytes, source)
  // An empty file is an empty mapping: everything has its default.
  return checked(parseDocument(text, { ...parsing, lineCounter: source.lines }), schema, source, {})
}

/** A place in a file, both from 1, and how many steps of the path that was looked for it stands for. */
export interface YamlPlace {
  readonly line: number
  readonly column: number
  readonly depth: number
}

/** One document as plain values, and where they stand in the file. */
export interface YamlValue {
  /** Undefined where nothing is in the file, or where it has problems. */
  readonly value: unknown
  /** All that is wrong with it as YAML. */
  readonly problems: ReadonlyArray<{ readonly place: YamlPlace; readonly message: string }>
  /** Where the value at a path begins, or its key; for a path that the document does not have, the deepest part that it has. */
  placeOf(path: readonly PropertyKey[], atKey?: boolean): YamlPlace
}

/**
 * Reads one document without checking it against a schema, for configuration that several files make up together. Aliases are refused as by
 * `parseYaml`. Never throws: what is wrong is in `problems`.
 */
export function readYaml(text: string): YamlValue {
  const lines = new LineCounter()
  const place = (offset: number, depth = 0): YamlPlace => {
    const { line, col: column } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(column, 1), depth }
  }
  const broken = (problems: YamlValue['problems']): YamlValue => ({
    value: undefined,
    problems,
    placeOf: () => place(0),
  })
  try {
    const document = parseDocument(text, { ...parsing, lineCounter: lines })
    const wrong = [...document.errors, ...document.warnings]
    if (wrong.length > 0) return broken(wrong.map(({ pos, message }) => ({ place: place(pos[0]), message })))
    const alias = firstAlias(document)
    if (alias !== undefined) return broken([{ place: place(alias), message: 'aliases are not allowed here' }])
    return {
      value: (document.toJS() as unknown) ?? undefined,
      problems: [],
      placeOf(path, atKey = false) {
        const { offset, depth } = deepestOf(document, path, atKey)
        return place(offset, depth)
      },
    }
  } catch (error) {
    // The parser descends by recursion; a configuration that is as deep as the stack is none.
    if (error instanceof RangeError) return broken([{ place: place(0), message: 'nested too deeply' }])
    throw error
  }
}

/** A document of several, and where in the file it begins. */
export interface YamlDocument<T> {
  readonly value: T
  /** `file:line` */
  readonly where: string
}

/**
 * Reads several documents, between lines of `---`, as `parseYaml` reads one; documents with nothing in them are passed over.
 * @throws FleetError INPUT_INVALID
 */
export function parseYamlDocuments<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
): Array<YamlDocument<z.output<S>>> {
  const source: Source = { file, lines: new LineCounter(), code: 'INPUT_INVALID' }
  checkSize(text, maxDocumentsBytes, source)
  const documents = [...parseAllDocuments(text, { ...parsing, lineCounter: source.lines })]
  if (documents.length > maxDocuments) throw new FleetError(source.code, `${file}: more than ${maxDocuments} documents`)
  return documents.flatMap((document) => {
    const { contents, errors } = document
    const isEmpty = contents === null || (isScalar(contents) && contents.value === null)
    if (isEmpty && errors.length === 0) return []
    const value = checked(document, schema, source, null)
    return [{ value, where: `${file}:${source.lines.linePos(startOf(contents) ?? 0).line}` }]
  })
}

function checkSize(text: string, maxBytes: number, { file, code }: Source): void {
  if (Buffer.byteLength(text) > maxBytes) throw new FleetError(code, `${file}: larger than ${maxBytes} bytes`, { file })
}

function checked<S extends z.ZodType>(document: Document, schema: S, source: Source, empty: unknown): z.output<S> {
  const wrong = document.errors[0] ?? document.warnings[0]
  if (wrong !== undefined) throw invalid(source, wrong.pos[0], '', wrong.message)
  const alias = firstAlias(document)
  if (alias !== undefined) throw invalid(source, alias, '', 'aliases are not allowed here')
  const parsed = schema.safeParse(document.toJS() ?? empty)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue === undefined) throw new FleetError(source.code, `${source.file}: not valid`, { file: source.file })
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = unknownKey === undefined ? issue.path : [...issue.path, unknownKey]
  const more = parsed.error.issues.length > 1 ? ` (and ${parsed.error.issues.length - 1} more)` : ''
  const offset = offsetOf(document, path, unknownKey !== undefined)
  throw invalid(source, offset, path.map(String).join('.'), issue.message + more)
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

function offsetOf(document: Document, path: readonly PropertyKey[], atKey: boolean): number {
  return deepestOf(document, path, atKey).offset
}

/** Where the value at a path begins, or its key; for a path that the document does not have, the deepest part that it has. */
function deepestOf(
  document: Document,
  path: readonly PropertyKey[],
  atKey: boolean,
): { readonly offset: number; readonly depth: number } {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  let depth = 0
  for (const [index, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step)
      if (pair === undefined) break
      node = atKey && index === path.length - 1 ? pair.key : pair.value
    } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
      node = node.items[step]
    } else {
      break
    }
    depth = index + 1
    offset = startOf(node) ?? offset
  }
  return { offset, depth }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

function invalid({ file, lines, code }: Source, offset: number, path: string, problem: string): FleetError {
  const { line, col: column } = lines.linePos(offset)
  const text = path === '' ? problem : `${path}: ${problem}`
  return new FleetError(code, `${file}:${line}:${column}: ${text}`, { file, line, column, path })
}
