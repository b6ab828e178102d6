import { homedir } from 'node:os'
import { join } from 'node:path'

/** Files of the daemon in its state folder. */
export const identityFile = 'identity.key'
export const recordsFile = 'records.sqlite'
/** The highest record number that may be used, kept a second time beside the records. */
export const sequenceFileName = 'records.sequence'
/** What was latched of tampering. */
export const latchFile = 'tamper.json'
/** What the node measured. */
export const historyFile = 'history.sqlite'
/** How the machine's own controls were set before the daemon took them over. */
export const originalsFile = 'originals.json'
/** Counters of wear. */
export const maintenanceFile = 'maintenance.json'
/** Reports of self-tests. */
export const diagnosticsFile = 'diagnostics.json'
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
