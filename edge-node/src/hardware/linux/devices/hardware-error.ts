import { errnoOf } from '@wrale/host'
import { FleetError, type FleetErrorCode } from '@wrale/kernel'

const codes: Readonly<Record<string, FleetErrorCode>> = {
  EACCES: 'FORBIDDEN',
  EPERM: 'FORBIDDEN',
  EROFS: 'FORBIDDEN',
  ENOENT: 'NOT_FOUND',
}

/** What the kernel answered, as the ports say it. */
export function hardwareError(what: string, thrown: unknown): FleetError {
  if (thrown instanceof FleetError) return thrown
  const errno = errnoOf(thrown)
  const code = (errno === undefined ? undefined : codes[errno]) ?? 'UNAVAILABLE'
  const why = errno ?? (thrown instanceof Error ? thrown.message : String(thrown))
  return new FleetError(code, `${what} (${why})`, errno === undefined ? {} : { errno }, { cause: thrown })
}
