import { FleetError, isFleetErrorCode } from '@wrale/kernel'
import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { maxCertificateBytes } from '../membership/certificate.ts'

/**
 * Shows a member that it was put out: the sealed record that says so, and the sealed certificate of the station that wrote it. So nobody can make
 * a member believe it by merely saying so.
 */
const putOutEvidenceSchema = z.object({
  record: bytesSchema(1, 4096),
  certificate: bytesSchema(1, maxCertificateBytes),
})
export type PutOutEvidence = z.infer<typeof putOutEvidenceSchema>

/** How a peer says no: a code and a sentence, so that the other side can report why. */
export const refusalSchema = z.object({
  refused: z.object({
    code: z.string().max(40),
    message: z.string().max(200),
    evidence: putOutEvidenceSchema.optional(),
  }),
})
export type Refusal = z.infer<typeof refusalSchema>

export function refusalOf(error: FleetError): Refusal {
  return { refused: { code: error.code, message: error.message.slice(0, 200) } }
}

/** The refusal as an error here. A code that this software does not know becomes FORBIDDEN. */
export function errorOfRefusal({ refused }: Refusal): FleetError {
  return new FleetError(isFleetErrorCode(refused.code) ? refused.code : 'FORBIDDEN', refused.message)
}
