import { FleetError, toFleetError } from '@wrale/kernel'

/** What the operating system said of a file, as an error that a person can act on. */
export function storageError(error: unknown, path: string): FleetError {
  switch (errnoOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new FleetError('STORAGE_FULL', `no space left to write ${path}`, { path }, { cause: error })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return new FleetError(
        'STATE_DIR_FORBIDDEN',
        `cannot write ${path} (${errnoOf(error)})`,
        { path },
        { cause: error },
      )
    default:
      return toFleetError(error)
  }
}

export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
