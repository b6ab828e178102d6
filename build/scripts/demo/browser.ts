import { spawn } from 'node:child_process'
import { hasDisplay } from './programs.ts'

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  linux: ['xdg-open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** Opens the person's browser where there is one. That it does not work is no failure: the link is printed as well. */
export function openBrowser(url: string, env: NodeJS.ProcessEnv = process.env): void {
  const opener = OPENERS[process.platform]
  if (opener === undefined || env['CI'] !== undefined || !process.stdout.isTTY || !hasDisplay(env)) return
  const [command, ...args] = opener
  spawn(command, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref()
}
