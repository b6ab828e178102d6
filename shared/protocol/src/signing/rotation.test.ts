import type { FleetId } from '../ids.ts'
import { expect, it } from 'vitest'
import { generateIdentity } from './keys.ts'
import { proveRotation, type RotationTranscript, verifyRotation } from './rotation.ts'

it('hands a place on to one key, at one station, in one conversation', async () => {
  const [root, old, successor, station, other] = await Promise.all(Array.from({ length: 5 }, () => generateIdentity()))
  const transcript: RotationTranscript = {
    fleet: root!.id as string as FleetId,
    successor: successor!.id,
    station: station!.id,
    successorNonce: new Uint8Array(32).fill(1),
    stationNonce: new Uint8Array(32).fill(2),
  }
  const proof = await proveRotation(transcript, old!)
  await expect(verifyRotation(proof, transcript, old!.id)).resolves.toBeUndefined()
  const refused = { code: 'ENROL_REFUSED' }
  await expect(verifyRotation(proof, transcript, other!.id)).rejects.toMatchObject(refused)
  await expect(verifyRotation(await proveRotation(transcript, other!), transcript, old!.id)).rejects.toMatchObject(
    refused,
  )
  for (const different of [
    { fleet: other!.id as string as FleetId },
    { successor: other!.id },
    { station: other!.id },
    { successorNonce: new Uint8Array(32) },
    { stationNonce: new Uint8Array(32) },
  ]) {
    await expect(verifyRotation(proof, { ...transcript, ...different }, old!.id)).rejects.toMatchObject(refused)
  }
})
