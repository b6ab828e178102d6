import { FleetError, type FleetErrorCode, toFleetError } from '@wrale/kernel'

/**
 * What the operating system said of a file, as an error that a person can act on.
 * @param otherwise code for what has none of its own here. Default INTERNAL
 */
export function storageError(error: unknown, path: string, otherwise: FleetErrorCode = 'INTERNAL'): FleetError {
  switch (errnoOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new FleetError('STORAGE_FULL', `no space left to write ${path}`, { path }, { cause: error })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
    case 'ENOTEMPTY':
      return new FleetError(
        'STATE_DIR_FORBIDDEN',
        `cannot write ${path} (${errnoOf(error)})`,
        { path },
        { cause: error },
      )
    case 'EIO':
      return new FleetError('STATE_DAMAGED', `the disk fails at ${path} (EIO)`, { path }, { cause: error })
    default:
      return toFleetError(error, otherwise)
  }
}

export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
