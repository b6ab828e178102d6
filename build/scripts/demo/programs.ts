import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TargetName } from '../build/targets.ts'
import { ROOT } from '../task.ts'

/** How the demo starts its programs: a command and the arguments that come before the program's own. */
export interface Programs {
  readonly station: readonly [command: string, ...args: string[]]
  readonly edge: readonly [command: string, ...args: string[]]
  /** The station is a window, and ending the demo is closing it. */
  readonly isWindow: boolean
  readonly builds: readonly TargetName[]
}

/** The built programs: the desktop application where it can show its window, the headless station elsewhere. */
export function choosePrograms(env: NodeJS.ProcessEnv = process.env): Programs {
  const edge = [process.execPath, join(ROOT, 'edge-node/dist/wrale-edge.mjs')] as const
  // The binary itself: the package's own launcher would download it where it is missing.
  const electron = join(ROOT, 'node_modules/electron/dist/electron')
  if (hasDisplay(env) && existsSync(electron)) {
    const station = [electron, join(ROOT, 'desktop/electron/dist/main.mjs'), '--'] as const
    return { station, edge, isWindow: true, builds: ['edge', 'web', 'electron'] }
  }
  const station = [process.execPath, join(ROOT, 'desktop/headless/dist/wrale.mjs'), 'station'] as const
  return { station, edge, isWindow: false, builds: ['edge', 'station', 'web', 'station-web'] }
}

export function hasDisplay(env: NodeJS.ProcessEnv): boolean {
  if (process.platform !== 'linux') return true
  return Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY'])
}
