import { homedir } from 'node:os'
import { join } from 'node:path'

/** Files of the daemon in its state folder. */
export const identityFile = 'identity.key'
export const recordsFile = 'records.sqlite'
/** The highest record number that may be used, kept a second time beside the records. */
export const sequenceFileName = 'records.sequence'
/** Where the running daemon listens, for tools of the same machine. */
export const daemonFile = 'daemon.json'

/** Where the daemon keeps its state when it is not told: the system's folder for root, else the user's (XDG base directories). */
export function defaultStateDirectory(
  environment: NodeJS.ProcessEnv = process.env,
  isRoot: boolean = process.getuid?.() === 0,
): string {
  if (isRoot) return '/var/lib/wrale-edge'
  const base = environment['XDG_STATE_HOME']
  return join(base !== undefined && base.startsWith('/') ? base : join(homedir(), '.local/state'), 'wrale-edge')
}
