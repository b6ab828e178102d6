import { z } from 'zod'
import { edgeConfigSchema } from './edge.ts'

/** As much of JSON Schema 2020-12 as the configuration needs. */
export type JsonSchema = z.core.JSONSchema.JSONSchema

/**
 * The schema of `edge.yaml` for editors and other tools, made from the one that the daemon checks with: both accept the same documents.
 * @param schema one that extends it, where a program takes more
 * Source of the vocabulary: JSON Schema 2020-12.
 */
export function edgeConfigJsonSchema(schema: z.ZodType = edgeConfigSchema): JsonSchema {
  return { title: 'Configuration of a Wrale node', ...z.toJSONSchema(schema, { io: 'input' }) }
}

/** What a schema says of the setting at a path; undefined where it has no such setting. */
export function settingAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | undefined {
  let at = schema
  for (const step of path) {
    const { properties, items } = at
    const named = properties !== undefined && Object.hasOwn(properties, step) ? properties[String(step)] : undefined
    const next = typeof step === 'number' ? items : named
    if (typeof next !== 'object' || Array.isArray(next)) return undefined
    at = next
  }
  return at
}
