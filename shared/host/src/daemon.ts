import { FleetError } from '@wrale/kernel'
import { reportAndExit, reportLine } from './report.ts'

export interface RunningDaemon {
  stop(): Promise<void>
}

export interface DaemonOptions {
  /** Name for the one-line error. */
  readonly name: string
  /** Starts everything. The signal aborts when the process is told to end before it has started. */
  readonly start: (signal: AbortSignal) => Promise<RunningDaemon>
  /** Longest time that an orderly stop may take, ms; then the process ends without it. Default 5000. */
  readonly stopTimeoutMs?: number
  /** SIGHUP does not end it: it has something to read again. Default false. */
  readonly reloads?: boolean
}

/**
 * Runs a daemon until SIGTERM, SIGINT, SIGHUP unless it reloads, or, when another process started it with an IPC channel, until that channel closes: a
 * supervisor that is killed leaves no orphan. Exit code 0 after an orderly stop; a second signal ends it at once.
 */
export async function runDaemon(options: DaemonOptions): Promise<never> {
  const { name, start, stopTimeoutMs = 5000 } = options
  const told = new AbortController()
  const tell = (): void => {
    if (told.signal.aborted) process.exit(130)
    told.abort(new FleetError('ABORTED', 'told to stop'))
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, tell)
  // With no listener at all it would end the process before the daemon has its own.
  process.on('SIGHUP', options.reloads === true ? () => undefined : tell)
  if (process.connected) {
    process.once('disconnect', () => {
      if (!told.signal.aborted) tell()
    })
    // The channel must not keep the process alive by itself.
    process.channel?.unref()
  }
  process.on('uncaughtException', (error) => reportAndExit(name, error))
  process.on('unhandledRejection', (error) => reportAndExit(name, error))

  const ended = new Promise<void>((resolve) => told.signal.addEventListener('abort', () => resolve(), { once: true }))
  // A pending promise does not keep Node running; until the daemon has handles of its own, this does.
  const alive = setInterval(() => undefined, 2 ** 30)
  try {
    const daemon = await start(told.signal)
    await ended
    await stopInTime(name, daemon, stopTimeoutMs)
  } catch (error) {
    if (!told.signal.aborted) reportAndExit(name, error)
  } finally {
    clearInterval(alive)
  }
  process.exit(0)
}

async function stopInTime(name: string, daemon: RunningDaemon, timeoutMs: number): Promise<void> {
  const timeout = new Promise<void>((resolve) => {
    setTimeout(() => {
      process.stderr.write(
        `${reportLine(name, new FleetError('TIMEOUT', `not everything stopped within ${timeoutMs} ms`))}\n`,
      )
      resolve()
    }, timeoutMs).unref()
  })
  await Promise.race([daemon.stop(), timeout])
}
