import { ORPCError } from '@orpc/client'
import { FleetError, type FleetErrorCode, isFleetErrorCode } from '@wrale/kernel'

/** The station's codes arrive as they are; these are the ones that the RPC layer itself answers with. */
const codesOfTheRpcLayer: Readonly<Record<string, FleetErrorCode>> = {
  BAD_REQUEST: 'INPUT_INVALID',
  UNAUTHORIZED: 'UNAUTHENTICATED',
  PAYLOAD_TOO_LARGE: 'TOO_LARGE',
  TOO_MANY_REQUESTS: 'RATE_LIMITED',
  SERVICE_UNAVAILABLE: 'UNAVAILABLE',
  CLIENT_CLOSED_REQUEST: 'ABORTED',
}

/** Any failure of a call as a FleetError with the code that the station gave; a connection that broke is UNAVAILABLE. */
export function errorOfCall(thrown: unknown): FleetError {
  if (thrown instanceof FleetError) return thrown
  if (thrown instanceof ORPCError) {
    const given = thrown.code as string
    const code = isFleetErrorCode(given) ? given : (codesOfTheRpcLayer[given] ?? 'INTERNAL')
    return new FleetError(code, thrown.message, {}, { cause: thrown })
  }
  if (thrown instanceof Error && thrown.name === 'ValidationError') {
    const message = 'the station’s answer does not fit this version: reload or update'
    return new FleetError('PROTOCOL_MISMATCH', message, {}, { cause: thrown })
  }
  return new FleetError('UNAVAILABLE', 'the connection to the station broke', {}, { cause: thrown })
}
