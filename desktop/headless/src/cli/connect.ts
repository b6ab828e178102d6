import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFleetClient, type FleetClient, websocketTransport } from '@wrale/client'
import { errnoOf, storageError } from '@wrale/host'
import { FleetError } from '@wrale/kernel'
import { notRunning, readAnnouncement } from './announcement.ts'
import { defaultStateDirectory } from './paths.ts'
import { sessionFor } from './sessions.ts'

/** Which station a command speaks to. */
export interface StationChoice {
  /** Address of another station, signed in to with `wrale login`. Default: the one of the state folder. */
  readonly server?: string | undefined
  readonly stateDir?: string | undefined
}

export interface Connected {
  readonly client: FleetClient
  /** `http://HOST:PORT` */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  close(): void
}

/** Works with a station and closes the connection afterwards. */
export async function withStation<T>(choice: StationChoice, work: (station: Connected) => Promise<T>): Promise<T> {
  const station = await connect(choice)
  try {
    return await work(station)
  } catch (error) {
    throw await explained(error, choice)
  } finally {
    station.close()
  }
}

async function connect(choice: StationChoice): Promise<Connected> {
  const { url, headers } = choice.server === undefined ? await localStation(choice) : await remoteStation(choice.server)
  const rpc = new URL('/rpc', url)
  rpc.protocol = rpc.protocol === 'https:' ? 'wss:' : 'ws:'
  const transport = websocketTransport({
    url: rpc.href,
    open: (address) => new WebSocket(address, { headers }),
    isSignedIn: async () => {
      const session = new URL('/api/v1/session', url)
      return (await fetch(session, { headers, signal: AbortSignal.timeout(5000) })).status !== 401
    },
  })
  return { client: createFleetClient(transport), url, headers, close: () => transport.close() }
}

async function localStation({
  stateDir = defaultStateDirectory(),
}: StationChoice): Promise<Pick<Connected, 'url' | 'headers'>> {
  const { url } = await readAnnouncement(stateDir)
  const file = join(stateDir, 'local.token')
  try {
    const token = (await readFile(file, 'utf8')).trim()
    return { url, headers: { authorization: `Bearer ${token}` } }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw notRunning(stateDir)
    throw storageError(error, file)
  }
}

async function remoteStation(server: string): Promise<Pick<Connected, 'url' | 'headers'>> {
  const url = originOf(server)
  const cookie = await sessionFor(url)
  if (cookie === undefined) {
    throw new FleetError('UNAUTHENTICATED', `not signed in to ${url}: use "wrale login" with a link of that station`)
  }
  return { url, headers: { cookie } }
}

/** @throws FleetError USAGE when it is no http address */
export function originOf(address: string): string {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new FleetError('USAGE', `"${address}" is not an address such as http://192.0.2.7:7420`)
  }
  return url.origin
}

/** A station that announced itself but does not answer has ended without taking its announcement back. */
async function explained(
  error: unknown,
  { server, stateDir = defaultStateDirectory() }: StationChoice,
): Promise<unknown> {
  const unreachable = error instanceof FleetError && error.code === 'UNAVAILABLE'
  if (!unreachable || server !== undefined) return error
  const { pid } = await readAnnouncement(stateDir).catch(() => ({ pid: undefined }))
  return pid === undefined || !isAlive(pid) ? notRunning(stateDir) : error
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errnoOf(error) === 'EPERM'
  }
}
