import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TargetName } from '../build/targets.ts'
import { ROOT } from '../task.ts'

/** A command and the arguments that come before the program's own. */
export type Command = readonly [command: string, ...args: string[]]

/** How the demo starts its programs. */
export interface Programs {
  readonly station: Command
  readonly edge: Command
  /** The desktop application, which takes the fleet over once it is complete; absent where it cannot show a window. */
  readonly window?: Command
}

/** The built programs, with a window where there is a display and Electron's binary is installed. */
export function choosePrograms(
  env: NodeJS.ProcessEnv = process.env,
  exists: (path: string) => boolean = existsSync,
): Programs {
  const station = [process.execPath, join(ROOT, 'desktop/headless/dist/wrale.mjs'), 'station'] as const
  const edge = [process.execPath, join(ROOT, 'edge-node/dist/wrale-edge.mjs')] as const
  // The binary itself: the package's own launcher would download it where it is missing.
  const electron = join(ROOT, 'node_modules/electron/dist/electron')
  const canShow = hasDisplay(env) && env['CI'] === undefined && exists(electron)
  return { station, edge, ...(canShow && { window: [electron, join(ROOT, 'desktop/electron')] }) }
}

export function targetsOf(programs: Programs): readonly TargetName[] {
  const headless: TargetName[] = ['edge', 'edge-addons', 'station', 'web', 'station-web']
  return programs.window === undefined ? headless : [...headless, 'electron']
}

export function hasDisplay(env: NodeJS.ProcessEnv): boolean {
  if (process.platform !== 'linux') return true
  return Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY'])
}
