import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { z } from 'zod'
import { Child } from './child.ts'
import { StationApi } from './station-api.ts'
import { waitFor } from './wait.ts'

export interface RunningStation {
  readonly child: Child
  readonly url: string
  readonly api: StationApi
}

export interface StationSettings {
  readonly command: readonly [string, ...string[]]
  readonly stateDir: string
  readonly port: number
  readonly fleetName: string
}

/** Written by the station once it listens. */
const announcementSchema = z.object({ url: z.url(), apiUrl: z.url().optional() })

const POLL_MS = 50
const READY_TIMEOUT_MS = 30_000
/** Times of files come from a clock that moves in steps of up to so many milliseconds. */
const CLOCK_STEP_MS = 20
const HOST = '127.0.0.1'

/** @throws {FleetError} PORT_IN_USE before anything is started */
export async function checkPort(port: number): Promise<void> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: HOST, port, exclusive: true }, resolve)
    })
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!isTaken) throw new FleetError('ADDRESS_UNAVAILABLE', `cannot listen on port ${port}: ${String(error)}`)
    throw new FleetError('PORT_IN_USE', `port ${port} is in use; choose another with --port`, { port })
  } finally {
    server.close()
  }
}

/**
 * Starts the program; it is the caller's to stop from here on.
 * @returns what to wait for until the API answers. It rejects when the program ends before that, or takes too long.
 */
export function startStation(
  { command: [file, ...args], stateDir, port, fleetName }: StationSettings,
  signal: AbortSignal,
): { child: Child; ready: Promise<RunningStation> } {
  const startedAt = Date.now()
  const flags = ['--state-dir', stateDir, '--port', String(port), '--create-fleet', fleetName]
  const child = new Child('station', file, [...args, ...flags])
  const timing = { everyMs: POLL_MS, timeoutMs: READY_TIMEOUT_MS, signal }
  const ready = waitFor('starting the station', timing, () => readStation(child, stateDir, startedAt))
  return { child, ready }
}

async function readStation(child: Child, stateDir: string, startedAt: number): Promise<RunningStation | undefined> {
  const text = await readNewer(join(stateDir, 'station.json'), startedAt)
  if (text === undefined) return undefined
  const { url, apiUrl = url } = announcementSchema.parse(JSON.parse(text))
  if (!(await isReady(apiUrl))) return undefined
  const token = (await readFile(join(stateDir, 'local.token'), 'utf8')).trim()
  return { child, url, api: new StationApi(apiUrl, token) }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(1000) })).ok
  } catch {
    // Not listening yet.
    return false
  }
}

/** The file's text, unless an earlier run wrote it. */
async function readNewer(path: string, writtenAfterMs: number): Promise<string | undefined> {
  try {
    const { mtimeMs } = await stat(path)
    return mtimeMs < writtenAfterMs - CLOCK_STEP_MS ? undefined : await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
