import type { PeerIdText } from '@wrale/protocol'
import {
  groupNameSchema,
  labelKeySchema,
  labelValueSchema,
  noteSchema,
  type NodeNotes,
  placePartSchema,
  type Selector,
} from '@wrale/protocol/api'
import { peerIdSchema } from '@wrale/protocol'
import { fanCurveSchema, thermalFields, thermalProfileSchema } from '@wrale/protocol/node'
import type { FieldValue, ObjectRef } from '@wrale/protocol/records'
import type { z } from 'zod'
import {
  descriptionSchema,
  groupObject,
  labelFieldPrefix,
  nodeFieldPrefix,
  nodeObject,
  placeParts,
  selectorSchema,
} from './fields.ts'
import type { Fields, ObjectBook } from './object-book.ts'

/** What operators said of a node itself. */
export type SaidOfNode = Omit<NodeNotes, 'groups'>

/** What operators said of a group. */
export interface GroupDefinition {
  readonly name: string
  readonly description: string | null
  readonly selector: Selector | null
  /** Put in by hand. */
  readonly nodes: ReadonlySet<PeerIdText>
}

/** A value that the schema does not take counts as not said: other stations may run other software. */
function valueOf<T>(fields: Fields, field: string, schema: z.ZodType<T>): T | undefined {
  return readAs(fields.get(field)?.winner.value, schema)
}

function readAs<T>(value: FieldValue | undefined, schema: z.ZodType<T>): T | undefined {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

export const nodeRef = (id: PeerIdText): ObjectRef => ({ type: nodeObject, id })
export const groupRef = (name: string): ObjectRef => ({ type: groupObject, id: name })

/** The book hands out a new map when an object changed, so what was read from a map holds as long as the map. */
function readOnce<T>(read: (fields: Fields) => T): (fields: Fields) => T {
  const known = new WeakMap<Fields, { readonly value: T }>()
  return (fields) => {
    const held = known.get(fields) ?? { value: read(fields) }
    known.set(fields, held)
    return held.value
  }
}

const readNode = readOnce((fields): SaidOfNode => {
  const labels: Record<string, string> = {}
  for (const [field, { winner }] of fields) {
    if (!field.startsWith(labelFieldPrefix)) continue
    const key = field.slice(labelFieldPrefix.length)
    const value = readAs(winner.value, labelValueSchema)
    if (value !== undefined && labelKeySchema.safeParse(key).success) labels[key] = value
  }
  const place = Object.fromEntries(
    placeParts.flatMap((part) => {
      const value = valueOf(fields, `place.${part}`, placePartSchema)
      return value === undefined ? [] : [[part, value]]
    }),
  )
  const inOrder = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const profile = valueOf(fields, thermalFields.profile, thermalProfileSchema)
  const curve = valueOf(fields, thermalFields.curve, fanCurveSchema)
  const thermal = { ...(profile === undefined ? {} : { profile }), ...(curve === undefined ? {} : { curve }) }
  return {
    labels: Object.fromEntries(inOrder),
    note: valueOf(fields, 'note', noteSchema) ?? null,
    place,
    ...(Object.keys(thermal).length === 0 ? {} : { thermal }),
  }
})

const readGroup = readOnce((fields): Omit<GroupDefinition, 'name'> => {
  const nodes = new Set<PeerIdText>()
  for (const [field, { winner }] of fields) {
    if (!field.startsWith(nodeFieldPrefix) || winner.value !== true) continue
    const id = peerIdSchema.safeParse(field.slice(nodeFieldPrefix.length))
    if (id.success) nodes.add(id.data)
  }
  return {
    description: valueOf(fields, 'description', descriptionSchema) ?? null,
    selector: valueOf(fields, 'selector', selectorSchema) ?? null,
    nodes,
  }
})

export function saidOfNode(book: Pick<ObjectBook, 'fields'>, id: PeerIdText): SaidOfNode {
  return readNode(book.fields(nodeRef(id)))
}

/** A group that exists; undefined when there never was one of that name, or it was removed. */
export function definitionOf(book: Pick<ObjectBook, 'fields'>, name: string): GroupDefinition | undefined {
  const fields = book.fields(groupRef(name))
  if (fields.size === 0 || fields.get('deleted')?.winner.value === true) return undefined
  return { name, ...readGroup(fields) }
}

/** Every group that exists, by name. */
export function definitions(book: Pick<ObjectBook, 'fields' | 'all'>): GroupDefinition[] {
  return [...book.all(groupObject)]
    .flatMap(({ object }) =>
      groupNameSchema.safeParse(object.id).success ? (definitionOf(book, object.id) ?? []) : [],
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
