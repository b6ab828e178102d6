import { spawn, type StdioOptions } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { ROOT } from './task.ts'

export interface RunOptions {
  /** Folder to run in; the repository's root by default. */
  readonly cwd?: string
  /** Added to this process's environment. */
  readonly env?: NodeJS.ProcessEnv
  /** `live` shows the output as it comes and keeps none of it; `progress` shows all of it on stderr; `keep` returns it. */
  readonly output: 'live' | 'progress' | 'keep'
  /** Killed after this many milliseconds; no limit by default. */
  readonly timeoutMs?: number
}

export interface Finished {
  /** 128 + the signal's number when a signal ended it, as shells report it. */
  readonly code: number
  /** What it wrote on stdout and stderr, in order of arrival; only the end when that is longer than 1 MiB. */
  readonly output: string
  readonly durationMs: number
}

const OUTPUT_KEPT = 1024 * 1024
const STDIO = {
  live: ['ignore', 'inherit', 'inherit'],
  progress: ['ignore', 2, 2],
  keep: ['ignore', 'pipe', 'pipe'],
} satisfies Record<RunOptions['output'], StdioOptions>
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a tool to its end. The installed commands and our Node come first on its PATH.
 * @throws {FleetError} UNAVAILABLE when it cannot be started; ABORTED when this process was told to stop meanwhile
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const started = performance.now()
  const path = [join(ROOT, 'node_modules/.bin'), process.env['PATH']].filter(Boolean).join(delimiter)
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, PATH: path, ...options.env },
    stdio: STDIO[options.output],
    timeout: options.timeoutMs,
  })
  let output = ''
  const keep = (chunk: string): void => void (output = (output + chunk).slice(-OUTPUT_KEPT))
  child.stdout?.setEncoding('utf8').on('data', keep)
  child.stderr?.setEncoding('utf8').on('data', keep)

  let stoppedBy: NodeJS.Signals | undefined
  const stop = (signal: NodeJS.Signals): void => {
    stoppedBy ??= signal
    child.kill(signal)
  }
  for (const signal of STOPPING) process.on(signal, stop)
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(new FleetError('UNAVAILABLE', `cannot run ${command}: ${error.message}`)))
      child.once('close', (exitCode, signal) => resolve(exitCode ?? 128 + (signal ? constants.signals[signal] : 0)))
    })
    if (stoppedBy) throw new FleetError('ABORTED', `stopped by ${stoppedBy}`)
    return { code, output, durationMs: performance.now() - started }
  } finally {
    for (const signal of STOPPING) process.off(signal, stop)
  }
}
