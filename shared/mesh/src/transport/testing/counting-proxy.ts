import { createServer, connect, type Socket, type AddressInfo } from 'node:net'

/** A TCP relay on loopback that counts what passes. */
export interface CountingProxy {
  /** Multiaddr on which it takes connections. */
  readonly address: string
  /** Payload that went from and to whoever connected, bytes, and in how many reads. */
  readonly passed: { there: number; back: number; readsThere: number; readsBack: number }
  stop(): Promise<void>
}

/** @param target multiaddr of a TCP listener on 127.0.0.1 */
export async function countingProxy(target: string): Promise<CountingProxy> {
  const port = Number(/\/tcp\/(\d+)/.exec(target)?.[1])
  const passed = { there: 0, back: 0, readsThere: 0, readsBack: 0 }
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => {
        passed[from === near ? 'there' : 'back'] += bytes.length
        passed[from === near ? 'readsThere' : 'readsBack']++
        to.write(bytes)
      })
      from.on('error', () => to.destroy())
      from.on('end', () => to.end())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const own = server.address() as AddressInfo
  return {
    address: `/ip4/127.0.0.1/tcp/${own.port}`,
    passed,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
