import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from 'multiformats/bases/base64'
import type { PeerIdText } from '../ids.ts'
import type { FieldValue, ObjectRef } from '../records/intent.ts'
import { maxCertificateBytes } from './certificate.ts'

/** What the fleet decides of a member is said of this object; its id is the member's. */
export function memberObject(id: PeerIdText): ObjectRef {
  return { type: memberObjectType, id }
}
export const memberObjectType = 'member'

/** Fields of a member's object. */
export const memberFields = {
  /** Number of the last record that is taken of it. Of several the lowest holds, and none is ever taken back: who was put out stays out. */
  revokedAfter: 'revokedAfter',
  /** Why, in the operator's words. */
  reason: 'reason',
  /** Id of the member that has its place now. */
  replacedBy: 'replacedBy',
  /** Its sealed certificate, base64: who never met it can still check what it wrote before. */
  certificate: 'certificate',
} as const

const keptPrefix = 'kept/'
const markBytes = 10
const markLength = Math.ceil((markBytes * 8) / 6)
/** Marks in one field: with the rest of the operation they fit a record. */
const marksPerField = 512

/**
 * Members whose certificates a station signed stay when the station is put out only if the revocation names them: the station's key, in
 * the wrong hands, could sign more of them at any time and give them any date. A mark stands for a member's id: 80 bits of a
 * hash, so that no other key with the same mark can be made.
 */
export function keptMark(subject: PeerIdText): string {
  const hash = sha256(new TextEncoder().encode(`wrale-kept/1 ${subject}`))
  return base64.baseEncode(hash.subarray(0, markBytes)).slice(0, markLength)
}

/** Fields that name who is kept, in as many operations as they need. */
export function keptFields(subjects: readonly PeerIdText[]): Array<Record<string, string>> {
  const marks = subjects.map(keptMark).toSorted()
  const count = Math.ceil(marks.length / marksPerField)
  return Array.from({ length: count }, (_, part) => ({
    [`${keptPrefix}${part}`]: marks.slice(part * marksPerField, (part + 1) * marksPerField).join(''),
  }))
}

/** The marks that an operation on a member's object names. */
export function keptMarksIn(set: Readonly<Record<string, FieldValue>>): string[] {
  return Object.entries(set).flatMap(([field, value]) =>
    field.startsWith(keptPrefix) && typeof value === 'string' ? marksOf(value) : [],
  )
}

function marksOf(text: string): string[] {
  return Array.from({ length: Math.min(marksPerField, Math.floor(text.length / markLength)) }, (_, index) =>
    text.slice(index * markLength, (index + 1) * markLength),
  )
}

/** A sealed certificate as a field. */
export function certificateField(sealed: Uint8Array): string {
  return base64.baseEncode(sealed)
}

/** The sealed certificate in a field; undefined when there is none. */
export function certificateIn(value: FieldValue | undefined): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length > 2 * maxCertificateBytes) return undefined
  try {
    return base64.baseDecode(value)
  } catch {
    return undefined
  }
}
