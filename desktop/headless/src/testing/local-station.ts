import { composeStation, type Station } from '@wrale/brain'
import { silentLogger } from '@wrale/kernel'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStation } from '../http/server.ts'
import { temporaryFolder } from './temporary-folder.ts'

const rootKey = 'fleet-root.key'

export interface LocalStationOptions {
  /** Folder of a built web UI. Default none. */
  readonly webRoot?: string
  /** Default "desk". */
  readonly name?: string
  /** Another station whose fleet this one is to be of. Default a fleet of its own. */
  readonly sameFleetAs?: LocalStation
}

/** A whole station in this process: real mesh, store, HTTP and WebSocket, on loopback. */
export class LocalStation {
  readonly stateDir: string
  readonly #options: LocalStationOptions
  readonly #removeFolder: () => void
  #station: Station | undefined
  #close: () => Promise<void> = async () => undefined
  #url = ''

  constructor(options: LocalStationOptions = {}) {
    const folder = temporaryFolder()
    this.stateDir = folder.path
    this.#removeFolder = () => folder.remove()
    this.#options = options
  }

  /** `http://127.0.0.1:PORT`; the same after a restart. */
  get url(): string {
    return this.#url
  }

  get station(): Station {
    if (this.#station === undefined) throw new Error('not started')
    return this.#station
  }

  get token(): string {
    return readFileSync(join(this.stateDir, 'local.token'), 'utf8').trim()
  }

  get headers(): { authorization: string } {
    return { authorization: `Bearer ${this.token}` }
  }

  /** @param peers multiaddrs of members to dial */
  async start(peers: readonly string[] = []): Promise<this> {
    const { webRoot, name = 'desk', sameFleetAs } = this.#options
    if (sameFleetAs !== undefined) copyFileSync(join(sameFleetAs.stateDir, rootKey), join(this.stateDir, rootKey))
    const station = await composeStation(
      {
        stateDirectory: this.stateDir,
        createFleet: 'Test',
        name,
        peers,
        mdns: false,
        listen: ['/ip4/127.0.0.1/tcp/0'],
      },
      { logger: silentLogger },
    )
    const port = this.#url === '' ? 0 : Number(new URL(this.#url).port)
    const server = await serveStation(station, { host: '127.0.0.1', port, webRoot }, silentLogger)
    station.setBrowserUrl(server.url)
    this.#station = station
    this.#url = server.url
    this.#close = async () => {
      await server.close()
      await station.stop()
    }
    return this
  }

  async stop(): Promise<void> {
    await this.#close()
    this.#close = async () => undefined
  }

  async remove(): Promise<void> {
    await this.stop()
    this.#removeFolder()
  }

  /** A request with the local token. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('authorization', this.headers.authorization)
    return fetch(this.#url + path, { ...init, headers })
  }

  /** The code of a fresh sign-in link. */
  code(): string {
    return new URL(this.station.access.createSignInLink(this.#url).url).hash.replace('#code=', '')
  }

  /** Signs a browser in. @returns its Cookie header */
  async signIn(code = this.code()): Promise<string> {
    const response = await fetch(`${this.#url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.#url },
      body: JSON.stringify({ code }),
    })
    return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }
}
