import { createFleetClient, type Transport, watchFleet, websocketTransport } from '@wrale/client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ClientOptions, WebSocket as Socket } from 'ws'
import { LocalStation } from '../testing/local-station.ts'

const station = new LocalStation()
const opened: Transport[] = []
const rpcUrl = (): string => `${station.url.replace('http', 'ws')}/rpc`

/** The client as browsers and programs use it, with headers of the caller's choice. */
function connect(headers: Record<string, string>, silenceMs?: number) {
  const transport = websocketTransport({
    url: rpcUrl(),
    open: (url) => new WebSocket(url, { headers }),
    isSignedIn: async () => (await fetch(`${station.url}/api/v1/session`, { headers })).status !== 401,
    ...(silenceMs === undefined ? {} : { silenceMs }),
  })
  opened.push(transport)
  return createFleetClient(transport)
}

/** How the station answers the opening of a socket: 101, or the status of a refusal. */
function upgrade(options: ClientOptions, path = '/rpc'): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new Socket(`${station.url.replace('http', 'ws')}${path}`, options)
    socket.on('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.on('unexpected-response', (request, response) => {
      request.destroy()
      resolve(response.statusCode ?? 0)
    })
    socket.on('error', reject)
  })
}

async function rawSocket(): Promise<Socket> {
  const socket = new Socket(rpcUrl(), { headers: station.headers })
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return socket
}

const closeCode = (socket: Socket): Promise<number> => new Promise((resolve) => socket.on('close', resolve))

beforeAll(() => station.start())
afterEach(() => {
  for (const transport of opened.splice(0)) transport.close()
})
afterAll(() => station.remove())

describe('opening a live connection', () => {
  it('needs the token or a session', async () => {
    expect(await upgrade({})).toBe(401)
    expect(await upgrade({ headers: { authorization: 'Bearer wrong' } })).toBe(401)
    expect(await upgrade({ headers: station.headers })).toBe(101)
    expect(await upgrade({ headers: { cookie: await station.signIn() } })).toBe(101)
  })

  it('is refused to pages of other origins, though the browser has a session', async () => {
    const cookie = await station.signIn()
    for (const origin of ['https://evil.example', 'null'])
      expect(await upgrade({ headers: { cookie }, origin })).toBe(403)
    expect(await upgrade({ headers: { cookie }, origin: station.url })).toBe(101)
  })

  it('is refused under a name that is not the station’s', async () => {
    expect(await upgrade({ headers: { ...station.headers, host: 'evil.example' } })).toBe(403)
  })

  it('is refused at other paths', async () => {
    expect(await upgrade({ headers: station.headers }, '/other')).toBe(404)
  })
})

describe('a live connection', () => {
  it('answers calls, and gives errors their code', async () => {
    const client = connect(station.headers)
    expect(await client.fleet.get()).toMatchObject({ name: 'Test', station: { name: 'desk', link: 'alone' } })
    expect(await client.session.get()).toMatchObject({ kind: 'local' })
    const missing = client.nodes.get({ id: '12D3KooWCb216C7A3UfkKjkdqT7VGFQfjbbH6CzhTXMi3WbrHsGd' })
    await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('says to a caller without a session that it is signed out', async () => {
    await expect(connect({}).fleet.get()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it.each([
    ['text that is no call', (socket: Socket) => socket.send('garbage'), 1008],
    ['bytes', (socket: Socket) => socket.send(new Uint8Array(8)), 1008],
    ['more than a message may have', (socket: Socket) => socket.send('x'.repeat(257 * 1024)), 1009],
  ])('is closed over %s, and the station goes on', async (_what, send, code) => {
    const socket = await rawSocket()
    const closed = closeCode(socket)
    send(socket)
    expect(await closed).toBe(code)
    expect((await station.request('/api/v1/fleet')).status).toBe(200)
  })

  it('is closed when its session ends, and the client knows why', async () => {
    const cookie = await station.signIn()
    const client = connect({ cookie })
    const ended = new AbortController()
    const states: string[] = []
    const signedOut = Promise.withResolvers<void>()
    const watch = watchFleet(
      client,
      {
        onSnapshot: () => void fetch(`${station.url}/api/v1/session`, { method: 'DELETE', headers: { cookie } }),
        onChange: () => undefined,
        onConnection: ({ state }) => {
          states.push(state)
          if (state === 'signed-out') signedOut.resolve()
        },
      },
      { signal: ended.signal },
    )
    await signedOut.promise
    expect(states).toEqual(['connecting', 'live', 'signed-out'])
    ended.abort()
    await watch.done
  })

  it('comes back by itself after the station was restarted, with the session it had', async () => {
    const client = connect({ cookie: await station.signIn() })
    const ended = new AbortController()
    const states: string[] = []
    let snapshots = 0
    const watch = watchFleet(
      client,
      {
        onSnapshot: () => void (snapshots += 1),
        onChange: () => undefined,
        onConnection: ({ state }) => void states.push(state),
      },
      { signal: ended.signal, backoff: { firstMs: 100, maxMs: 200 } },
    )
    await expect.poll(() => snapshots).toBe(1)
    await station.stop()
    await expect.poll(() => states.at(-1)).toBe('reconnecting')
    await station.start()
    await expect.poll(() => states.at(-1), { timeout: 10_000 }).toBe('live')
    expect(snapshots).toBe(2)
    expect(states).not.toContain('signed-out')
    ended.abort()
    await watch.done
  })
})
