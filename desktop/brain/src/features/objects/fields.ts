import { FleetError } from '@wrale/kernel'
import { peerIdSchema } from '@wrale/protocol'
import {
  groupNameSchema,
  labelKeySchema,
  labelsSchema,
  labelValueSchema,
  noteSchema,
  placePartSchema,
} from '@wrale/protocol/api'
import { fanCurveSchema, thermalFields, thermalProfileSchema } from '@wrale/protocol/node'
import type { FieldValue, ObjectRef } from '@wrale/protocol/records'
import { z } from 'zod'

export const nodeObject = 'node'
export const groupObject = 'group'

export const placeParts = ['site', 'zone', 'rack', 'slot'] as const
/** Prefix of the fields that put nodes into a group by hand; the rest is a member's id. */
export const nodeFieldPrefix = 'node/'
export const labelFieldPrefix = 'label/'

export const descriptionSchema = z.string().max(400)
/** Most labels that a selector may name. */
const maxSelectorLabels = 16
export const selectorSchema = labelsSchema.refine(
  (labels) => Object.keys(labels).length <= maxSelectorLabels,
  `a selector names at most ${maxSelectorLabels} labels`,
)

/** The value that a field may have, besides null; undefined for a field that this software does not know. */
function schemaOf(type: string, field: string): z.ZodType | undefined {
  if (type === nodeObject) {
    if (field.startsWith(labelFieldPrefix)) {
      return labelKeySchema.safeParse(field.slice(labelFieldPrefix.length)).success ? labelValueSchema : undefined
    }
    if (field === 'note') return noteSchema
    if (field === thermalFields.profile) return thermalProfileSchema
    if (field === thermalFields.curve) return fanCurveSchema
    return placeParts.some((part) => field === `place.${part}`) ? placePartSchema : undefined
  }
  if (type === groupObject) {
    if (field === 'description') return descriptionSchema
    if (field === 'selector') return selectorSchema
    if (field === 'deleted') return z.boolean()
    const inGroup = field.startsWith(nodeFieldPrefix)
    return inGroup && peerIdSchema.safeParse(field.slice(nodeFieldPrefix.length)).success ? z.literal(true) : undefined
  }
  return undefined
}

/** @throws FleetError INPUT_INVALID unless the object may have this field with this value */
export function checkField(object: ObjectRef, field: string, value: FieldValue): void {
  const names: Readonly<Record<string, z.ZodType>> = { [nodeObject]: peerIdSchema, [groupObject]: groupNameSchema }
  const schema = names[object.type]?.safeParse(object.id).success === true ? schemaOf(object.type, field) : undefined
  if (schema === undefined) {
    throw new FleetError('INPUT_INVALID', `${object.type}/${object.id} has no field "${field}" that can be set here`)
  }
  if (value === null) return
  const parsed = schema.safeParse(value)
  if (!parsed.success)
    throw new FleetError('INPUT_INVALID', `${field}: ${parsed.error.issues[0]?.message ?? 'not valid'}`)
}
