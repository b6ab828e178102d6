import type { Server } from 'node:net'
import { FleetError, toFleetError } from '@wrale/kernel'
import { errnoOf } from './storage-error.ts'

/**
 * Makes a server listen. `port` 0 takes a free one.
 * @throws FleetError PORT_IN_USE, ADDRESS_UNAVAILABLE, or FORBIDDEN for a port that needs more rights
 */
export async function httpListen(server: Server, host: string, port: number): Promise<{ host: string; port: number }> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error): void => reject(listenError(error, host, port))
    server.once('error', failed)
    server.listen({ host, port }, () => {
      server.off('error', failed)
      resolve()
    })
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new FleetError('INTERNAL', 'the server has no address')
  return { host: address.address, port: address.port }
}

function listenError(error: Error, host: string, port: number): FleetError {
  const meta = { host, port }
  switch (errnoOf(error)) {
    case 'EADDRINUSE':
      return new FleetError('PORT_IN_USE', `port ${port} on ${host} is in use by another program`, meta, {
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new FleetError('ADDRESS_UNAVAILABLE', `this machine has no address ${host}`, meta, { cause: error })
    case 'EACCES':
      return new FleetError('FORBIDDEN', `no right to listen on port ${port}`, meta, { cause: error })
    default:
      return toFleetError(error)
  }
}
