import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { errnoOf } from '@wrale/host'
import { parseYamlDocuments, type YamlDocument } from '@wrale/host/yaml'
import { FleetError } from '@wrale/kernel'
import { memberNameSchema, peerIdSchema } from '@wrale/protocol'
import {
  groupNameSchema,
  labelKeySchema,
  labelsSchema,
  labelValueSchema,
  noteSchema,
  placePartSchema,
} from '@wrale/protocol/api'
import { fanCurveSchema, thermalProfileSchema } from '@wrale/protocol/node'
import { z } from 'zod'

const placePart = placePartSchema.nullable().optional()

/** What operators say of a node. What is absent stays as it is, null removes. */
const nodeManifestSchema = z
  .strictObject({
    kind: z.literal('Node'),
    name: memberNameSchema.optional(),
    id: peerIdSchema.optional(),
    labels: z.record(labelKeySchema, labelValueSchema.nullable()).optional(),
    note: noteSchema.nullable().optional(),
    place: z.strictObject({ site: placePart, zone: placePart, rack: placePart, slot: placePart }).optional(),
    thermal: z
      .strictObject({
        profile: thermalProfileSchema.nullable().optional(),
        curve: fanCurveSchema.nullable().optional(),
      })
      .optional(),
  })
  .refine(({ name, id }) => (name === undefined) !== (id === undefined), 'give either the name or the id of the node')

/** A group. What is absent stays as it is, null removes; `nodes` is the whole list, by name or id. */
const groupManifestSchema = z.strictObject({
  kind: z.literal('Group'),
  name: groupNameSchema,
  description: z.string().max(400).nullable().optional(),
  selector: labelsSchema.nullable().optional(),
  nodes: z.array(z.string().min(1).max(64)).max(4096).optional(),
})

const manifestSchema = z.discriminatedUnion('kind', [nodeManifestSchema, groupManifestSchema])
export type Manifest = YamlDocument<z.infer<typeof manifestSchema>>
export type NodeManifest = z.infer<typeof nodeManifestSchema>
export type GroupManifest = z.infer<typeof groupManifestSchema>

/** @throws FleetError INPUT_INVALID with file, line and column */
export function parseManifests(content: string, file: string): Manifest[] {
  return parseYamlDocuments(content, file, manifestSchema)
}

/** @param path a file, or `-` for standard input @throws FleetError INPUT_INVALID */
export async function readManifests(path: string): Promise<Manifest[]> {
  if (path === '-') return parseManifests(await text(process.stdin), 'stdin')
  try {
    return parseManifests(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (error instanceof FleetError) throw error
    const reason = errnoOf(error) === 'ENOENT' ? 'there is no such file' : (errnoOf(error) ?? 'cannot be read')
    throw new FleetError('INPUT_INVALID', `${path}: ${reason}`, { file: path }, { cause: error })
  }
}
