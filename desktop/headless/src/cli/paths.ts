import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** State folder of the station when none is given: `$XDG_STATE_HOME/wrale`, by default `~/.local/state/wrale`. */
export function defaultStateDirectory(environment: Environment = process.env): string {
  const base = environment['XDG_STATE_HOME']
  return resolve(base === undefined || base === '' ? join(homedir(), '.local', 'state') : base, 'wrale')
}

/** Where `wrale login` keeps the sessions at other stations: `$XDG_CONFIG_HOME/wrale/sessions.json`. */
export function sessionsFile(environment: Environment = process.env): string {
  const base = environment['XDG_CONFIG_HOME']
  return resolve(base === undefined || base === '' ? join(homedir(), '.config') : base, 'wrale', 'sessions.json')
}
