import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface'

/**
 * An encrypter whose messages each reach the socket in one write. By itself Noise hands on a message as a list of its length and its bytes,
 * and TCP writes every entry for itself: two segments, and two acknowledgements, for what nearly always is one small frame.
 */
export function wholeWrites<Components>(
  make: (components: Components) => ConnectionEncrypter,
): (components: Components) => ConnectionEncrypter {
  return (components) => {
    const encrypter = make(components)
    const secureInbound = encrypter.secureInbound.bind(encrypter)
    const secureOutbound = encrypter.secureOutbound.bind(encrypter)
    encrypter.secureInbound = (connection, options) => secureInbound(joined(connection), options)
    encrypter.secureOutbound = (connection, options) => secureOutbound(joined(connection), options)
    return encrypter
  }
}

function joined<Connection extends MessageStream>(connection: Connection): Connection {
  const send = connection.send.bind(connection)
  connection.send = (data) => send(data.subarray())
  return connection
}
