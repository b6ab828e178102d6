import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgeConfigSchema } from './edge.ts'
import { edgeConfigJsonSchema, type JsonSchema, settingAt } from './json-schema.ts'

const annotations = new Set(['$schema', 'title', 'description', 'default'])

/** Judges by JSON Schema alone, apart from zod. A keyword that it does not know is an error, so that none is passed over. */
function accepts(schema: JsonSchema, value: unknown): boolean {
  return Object.entries(schema).every(
    ([keyword, said]) => annotations.has(keyword) || holds(keyword, said, schema, value),
  )
}

function holds(keyword: string, said: unknown, schema: JsonSchema, value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  switch (keyword) {
    case 'type':
      return said === typeOf(value) || (said === 'number' && typeOf(value) === 'integer')
    case 'enum':
      return (said as unknown[]).includes(value)
    case 'pattern':
      return typeof value !== 'string' || new RegExp(said as string, 'u').test(value)
    case 'maxLength':
      return typeof value !== 'string' || Array.from(value).length <= (said as number)
    case 'minimum':
      return typeof value !== 'number' || value >= (said as number)
    case 'maximum':
      return typeof value !== 'number' || value <= (said as number)
    case 'minItems':
      return !Array.isArray(value) || value.length >= (said as number)
    case 'maxItems':
      return !Array.isArray(value) || value.length <= (said as number)
    case 'items':
      return !Array.isArray(value) || value.every((item) => accepts(said as JsonSchema, item))
    case 'required':
      return !isObject || (said as string[]).every((key) => Object.hasOwn(value, key))
    case 'properties':
      return (
        !isObject ||
        Object.entries(said as Record<string, JsonSchema>).every(
          ([key, inner]) => !Object.hasOwn(value, key) || accepts(inner, (value as Record<string, unknown>)[key]),
        )
      )
    case 'additionalProperties':
      return (
        said !== false || !isObject || Object.keys(value).every((key) => Object.hasOwn(schema.properties ?? {}, key))
      )
    default:
      throw new Error(`this test does not know the keyword ${keyword}`)
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

const good = edgeConfigSchema.parse({
  name: 'pi-7',
  peers: ['/ip4/192.0.2.1/tcp/4001'],
  simulation: { seed: 1, faults: [{ fault: 'fan-stall', afterSeconds: 2 }] },
})

/** Every place in a value, as paths. */
function pathsIn(value: unknown, path: ReadonlyArray<string | number> = []): Array<ReadonlyArray<string | number>> {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return [path, ...keys.flatMap((key) => pathsIn((value as Record<string | number, unknown>)[key], [...path, key]))]
}

/** The value with what stands at a path replaced, or taken away where the replacement is undefined. */
function changed(value: unknown, path: ReadonlyArray<string | number>, put: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return put
  const copy = structuredClone(value) as Record<string | number, unknown>
  const inner = changed(copy[step], rest, put)
  if (inner === undefined && !Array.isArray(copy)) delete copy[step]
  else copy[step] = inner ?? null
  return copy
}

describe('the published JSON Schema', () => {
  const schema = edgeConfigJsonSchema()

  it('accepts the defaults, and nothing at all', () => {
    expect(accepts(schema, edgeConfigSchema.parse({}))).toBe(true)
    expect(accepts(schema, {})).toBe(true)
    expect(accepts(schema, good)).toBe(true)
  })

  it('accepts and refuses what the daemon accepts and refuses, over small variations', () => {
    const put = fc.oneof(
      fc.constantFrom<unknown>(
        undefined,
        null,
        true,
        '',
        'a',
        'a b',
        'linux',
        'warn',
        'disk-full',
        'x'.repeat(64),
        [],
        {},
      ),
      fc.constantFrom<unknown>(-1, 0, 1, 0.5, 199, 200, 60_000, 60_001, 2 ** 32, 600_000, -40, 70.5, 1e300),
      fc.constantFrom<unknown>(
        '127.0.0.1:65535',
        '127.0.0.1:65536',
        '[::1]:0',
        'h:99999',
        '/dns4/x/tcp/1',
        '/ip4/1/udp/1',
      ),
      fc.constantFrom<unknown>(
        [1],
        ['/ip4/1.2.3.4/tcp/1'],
        Array(65).fill('/ip4/1.2.3.4/tcp/1'),
        { fault: 'fan-stall' },
        { x: 1 },
      ),
      fc.jsonValue({ maxDepth: 1 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    const path = fc.oneof(
      fc.constantFrom(...pathsIn(good)),
      fc.constantFrom(['nmae'], ['log', 'levle'], ['simulation', 'faults', 0, 'x'], ['telemetry', 'x']),
    )
    const seen = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(fc.array(fc.tuple(path, put), { minLength: 1, maxLength: 1 }), ([change]) => {
        const value = change === undefined ? good : changed(good, ...change)
        const said = edgeConfigSchema.safeParse(value).success
        seen[said ? 'accepted' : 'refused']++
        expect(accepts(schema, value)).toBe(said)
      }),
      { numRuns: 2000 },
    )
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(20)
  })

  it('knows the settings by path', () => {
    expect(settingAt(schema, ['telemetry', 'sampleIntervalMs'])).toMatchObject({ type: 'integer', minimum: 200 })
    expect(settingAt(schema, ['simulation', 'faults', 3, 'fault'])?.enum).toContain('fan-stall')
    expect(settingAt(schema, ['toString'])).toBeUndefined()
    expect(settingAt(schema, ['name', 'x'])).toBeUndefined()
  })
})
