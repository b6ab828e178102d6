import { readFileSync } from 'node:fs'
import { fleetIdSchema, peerIdSchema } from '@wrale/protocol'
import { decodeIdentity, type Identity } from '@wrale/protocol/signing'
import { z } from 'zod'

const fileSchema = z.object({
  fleet: fleetIdSchema,
  /** Multiaddrs of members, with their ids. */
  targets: z.array(z.string()).min(1),
  /** Ids of honest members, those of the targets first. */
  members: z.array(peerIdSchema),
  key: z.base64(),
  certificate: z.base64(),
})
export type StageFile = z.input<typeof fileSchema>

/** What a hostile peer has to work with. */
export interface Stage extends Omit<z.output<typeof fileSchema>, 'key' | 'certificate'> {
  readonly identity: Identity
  /** A certificate of this fleet for that identity, or whatever is to be shown as one. */
  readonly certificate: Uint8Array
}

export function readStage(file: string): Stage {
  const { key, certificate, ...rest } = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  return { ...rest, identity: decodeIdentity(bytesOf(key)), certificate: bytesOf(certificate) }
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'))
}
