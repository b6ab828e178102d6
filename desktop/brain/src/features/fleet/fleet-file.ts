import { readFile } from 'node:fs/promises'
import { errnoOf, type StateDirectory, storageError, writeFileAtomic } from '@wrale/host'
import { FleetError } from '@wrale/kernel'
import type { Membership } from '@wrale/mesh'
import { fleetIdSchema, fleetNameSchema, type PeerIdText } from '@wrale/protocol'
import { verifyCertificate } from '@wrale/protocol/signing'
import { z } from 'zod'

const fleetFile = 'fleet.json'
export const rootKeyFile = 'fleet-root.key'

const fleetFileSchema = z.strictObject({
  version: z.literal(1),
  id: fleetIdSchema,
  name: fleetNameSchema,
  /** This station's sealed certificate, base64. */
  certificate: z.base64().max(4096),
  /** The fleet was recovered, and what it is called is not known yet. */
  nameless: z.boolean().optional(),
})

/** What a station keeps of its place in a fleet. */
export interface StoredFleet {
  readonly membership: Membership
  readonly nameless: boolean
}

/**
 * The fleet of a state folder, or undefined when it has none yet.
 * @throws FleetError STATE_DAMAGED: a fleet is never replaced without a person's word
 */
export async function readFleetFile(
  directory: Pick<StateDirectory, 'file'>,
  self: PeerIdText,
): Promise<StoredFleet | undefined> {
  const file = directory.file(fleetFile)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw storageError(error, file)
  }
  try {
    const { id: fleet, certificate, nameless = false } = fleetFileSchema.parse(JSON.parse(text))
    const sealed = Uint8Array.from(Buffer.from(certificate, 'base64'))
    return { membership: { fleet, certificate: await verifyCertificate(sealed, { fleet, subject: self }) }, nameless }
  } catch (error) {
    throw new FleetError('STATE_DAMAGED', `the fleet file ${file} is damaged`, { path: file }, { cause: error })
  }
}

export async function writeFleetFile(
  directory: Pick<StateDirectory, 'file'>,
  { membership: { fleet, certificate }, nameless }: StoredFleet,
): Promise<void> {
  const content: z.input<typeof fleetFileSchema> = {
    version: 1,
    id: fleet,
    name: certificate.fleetName,
    certificate: Buffer.from(certificate.sealed).toString('base64'),
    ...(nameless ? { nameless } : {}),
  }
  await writeFileAtomic(directory.file(fleetFile), `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 })
}
