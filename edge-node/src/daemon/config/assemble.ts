import { readYaml, type YamlPlace, type YamlValue } from '@wrale/host/yaml'
import { settingAt } from '@wrale/protocol/config'
import { type NodeConfig, nodeConfigJsonSchema, nodeConfigSchema } from './schema.ts'
import type { z } from 'zod'
import type { ConfigText } from './files.ts'
import { isObject, mergePatch } from './merge-patch.ts'
import { nearestName } from './nearest.ts'
import { ConfigError, type ConfigProblem } from './problems.ts'

interface Part {
  readonly file: string
  readonly yaml: YamlValue
}

type Path = readonly PropertyKey[]

/**
 * One configuration of several texts: the first as it is, each later one as a merge patch (RFC 7396) on what came before. Every problem names
 * the file that had the last word on the setting.
 * @param found problems that are reported with those of the texts
 * @throws ConfigError with all that is wrong
 */
export function assemble(texts: readonly ConfigText[], found: readonly ConfigProblem[] = []): NodeConfig {
  const parts = texts.map(({ file, text }): Part => ({ file, yaml: readYaml(text) }))
  const problems = [...found, ...parts.flatMap(yamlProblems)]
  // What is left out of a broken file would look like errors elsewhere.
  if (problems.length > 0) throw new ConfigError(problems)
  let merged: unknown = {}
  for (const [index, { yaml }] of parts.entries()) {
    if (yaml.value === undefined) continue
    merged = index === 0 ? yaml.value : mergePatch(merged, yaml.value)
  }
  const parsed = nodeConfigSchema.safeParse(merged)
  const schemaProblems = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, parts))
  const all = [...schemaProblems, ...parts.slice(1).flatMap(unknownRemovals)]
  if (parsed.success && all.length === 0) return parsed.data
  throw new ConfigError(all)
}

function yamlProblems({ file, yaml }: Part): ConfigProblem[] {
  if (yaml.problems.length > 0) return yaml.problems.map(({ place, message }) => at(file, place, [], message))
  if (yaml.value === undefined || isObject(yaml.value)) return []
  return [at(file, yaml.placeOf([]), [], 'must be a mapping of settings')]
}

function problemsOf(issue: z.core.$ZodIssue, parts: readonly Part[]): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    const { file, place } = ownerOf(parts, issue.path, false)
    return [at(file, place, issue.path, issue.message)]
  }
  return issue.keys.map((key) => {
    const path = [...issue.path, key]
    const { file, place } = ownerOf(parts, path, true)
    return at(file, place, path, unknownKey(path))
  })
}

/** Keys that a patch removes are gone before the schema could refuse them. */
function unknownRemovals({ file, yaml }: Part): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const schema = nodeConfigJsonSchema()
  const look = (value: unknown, path: Path): void => {
    if (!isObject(value)) return
    for (const [key, inner] of Object.entries(value)) {
      const innerPath = [...path, key]
      const known = settingAt(schema, innerPath) !== undefined
      if (inner === null && !known) {
        problems.push(at(file, yaml.placeOf(innerPath, true), innerPath, unknownKey(innerPath)))
      } else if (known) look(inner, innerPath)
    }
  }
  look(yaml.value, [])
  return problems
}

function unknownKey(path: Path): string {
  const known = Object.keys(settingAt(nodeConfigJsonSchema(), path.slice(0, -1))?.properties ?? {})
  const near = nearestName(String(path.at(-1)), known)
  return near === undefined
    ? `unknown key; known here: ${known.join(', ') || 'none'}`
    : `unknown key; did you mean ${near}?`
}

/** The file that had the last word on a path. A value that is no object hides all that earlier files said below it. */
function ownerOf(
  parts: readonly Part[],
  path: Path,
  atKey: boolean,
): { readonly file: string; readonly place: YamlPlace } {
  let best: { readonly file: string; readonly place: YamlPlace } | undefined
  for (const { file, yaml } of parts.toReversed()) {
    const place = yaml.placeOf(path, atKey)
    if (best === undefined || place.depth > best.place.depth) best = { file, place }
    if (place.depth === path.length || hidesEarlier(yaml.value, path.slice(0, place.depth))) break
  }
  return best ?? { file: '', place: { line: 1, column: 1, depth: 0 } }
}

/** Whether something on the way, its end included, is no object, and so took the place of what earlier files said there. */
function hidesEarlier(value: unknown, path: Path): boolean {
  let here: unknown = value ?? {}
  for (const step of path) {
    if (!isObject(here)) return true
    here = here[String(step)]
  }
  return !isObject(here)
}

function at(file: string, { line, column }: YamlPlace, path: Path, message: string): ConfigProblem {
  return { file, line, column, path: path.map(String).join('.'), message }
}
