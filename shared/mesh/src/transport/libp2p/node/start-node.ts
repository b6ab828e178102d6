import type { Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { FleetError } from '@wrale/kernel'

/** @throws FleetError ADDRESS_UNAVAILABLE for a text that is no multiaddr */
export function checkMultiaddrs(texts: readonly string[]): void {
  for (const text of texts) {
    try {
      multiaddr(text)
    } catch (error) {
      throw new FleetError(
        'ADDRESS_UNAVAILABLE',
        `${text} is not an address such as /ip4/0.0.0.0/tcp/0`,
        {},
        { cause: error },
      )
    }
  }
}

/** @throws FleetError PORT_IN_USE or ADDRESS_UNAVAILABLE when it cannot listen where it should */
export async function startNode(node: Libp2p, listen: readonly string[]): Promise<void> {
  try {
    await node.start()
  } catch (error) {
    // libp2p folds the system's error into the text of its own.
    const text = error instanceof Error ? error.message : ''
    const where = { listen: listen.join(' ') }
    if (text.includes('EADDRINUSE'))
      throw new FleetError('PORT_IN_USE', `something else listens on ${where.listen}`, where, { cause: error })
    if (error instanceof Error && error.name === 'UnsupportedListenAddressesError') {
      throw new FleetError('ADDRESS_UNAVAILABLE', `this machine cannot listen on ${where.listen}`, where, {
        cause: error,
      })
    }
    throw error
  }
}
