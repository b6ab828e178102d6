import type { ConnectionEncrypter, MultiaddrConnection, SecuredConnection } from '@libp2p/interface'
import { expect, it } from 'vitest'
import { wholeWrites } from './whole-writes.ts'

/** A message as libp2p's lists of arrays are: in one piece only when it is asked for. */
const pieces = { byteLength: 5, subarray: () => Uint8Array.of(0, 3, 7, 8, 9) } as unknown as Uint8Array

/** Says one message in two pieces, as Noise does, when it is asked to secure a connection. */
class Pieces implements ConnectionEncrypter {
  readonly protocol = '/pieces'

  async secureInbound(connection: MultiaddrConnection): Promise<SecuredConnection> {
    connection.send(pieces)
    return { connection } as unknown as SecuredConnection
  }

  async secureOutbound(connection: MultiaddrConnection): Promise<SecuredConnection> {
    return this.secureInbound(connection)
  }
}

it.each(['secureInbound', 'secureOutbound'] as const)(
  'a message in pieces reaches a connection of %s as one array of bytes',
  async (secure) => {
    const sent: unknown[] = []
    const connection = { send: (data: unknown) => sent.push(data) > 0 } as unknown as MultiaddrConnection
    const encrypter = wholeWrites(() => new Pieces())(undefined)
    const secured = await encrypter[secure](connection)
    expect(secured.connection).toBe(connection)
    expect(sent).toEqual([Uint8Array.of(0, 3, 7, 8, 9)])
  },
)
