import { RPCHandler } from '@orpc/server/ws'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { createFleetClient } from '../client.ts'
import { failureOf } from '../testing/failure.ts'
import { emptyFleet, fakeStation } from '../testing/fake-station.ts'
import type { Transport } from '../transport.ts'
import { signedOutCloseCode, websocketTransport } from './websocket.ts'

describe('the WebSocket transport', () => {
  let server: Server
  let sockets: WebSocketServer
  let url: string
  let session: number
  let transport: Transport | undefined

  const connect = (connectTimeoutMs = 2000) => {
    transport = websocketTransport({ url, connectTimeoutMs })
    return createFleetClient(transport)
  }

  beforeEach(async () => {
    session = 200
    server = createServer((request, response) =>
      response.writeHead(request.url === '/api/v1/session' ? session : 404).end(),
    )
    sockets = new WebSocketServer({ noServer: true })
    const handler = new RPCHandler(fakeStation().router)
    sockets.on('connection', (socket) => void handler.upgrade(socket))
    server.on('upgrade', (request, socket, head) => {
      if (session === 200) sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request))
      else socket.end(`HTTP/1.1 ${session} Refused\r\nContent-Length: 0\r\n\r\n`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`
  })

  afterEach(async () => {
    transport?.close()
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('carries calls that run at the same time over one socket', async () => {
    const client = connect()
    expect(await Promise.all([client.fleet.get(), client.session.get()])).toMatchObject([emptyFleet, { kind: 'local' }])
    expect(sockets.clients.size).toBe(1)
  })

  it('tells a caller that is not signed in from a station that is not there', async () => {
    session = 401
    await expect(connect().fleet.get()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    session = 503
    await expect(connect().fleet.get()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: /did not open/ })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await expect(connect().fleet.get()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: /cannot be reached/ })
  })

  it('tells a session that ended from a connection that broke', async () => {
    const client = connect()
    await client.fleet.get()
    const signedOut = failureOf(client.nodes.list())
    await client.fleet.get()
    for (const socket of sockets.clients) socket.close(signedOutCloseCode)
    expect(await signedOut).toMatchObject({ code: 'UNAUTHENTICATED' })
    const broken = failureOf(client.nodes.list())
    await client.fleet.get()
    for (const socket of sockets.clients) socket.terminate()
    expect(await broken).toMatchObject({ code: 'UNAVAILABLE' })
    expect(await client.fleet.get()).toEqual(emptyFleet)
  })

  it('gives up on a server that takes the connection and never answers it', async () => {
    server.removeAllListeners('upgrade')
    const silent: Duplex[] = []
    server.on('upgrade', (_request, socket) => silent.push(socket))
    await expect(connect(100).fleet.get()).rejects.toMatchObject({ code: 'TIMEOUT' })
    for (const socket of silent) socket.destroy()
  })
})
