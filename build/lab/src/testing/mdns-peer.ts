import { noise } from '@chainsafe/libp2p-noise'
import { mdns } from '@libp2p/mdns'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

/** A libp2p node as plain as can be, that prints its id and whom it finds by mDNS and connects to. */
const node = await createLibp2p({
  addresses: { listen: ['/ip4/0.0.0.0/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  peerDiscovery: [mdns()],
})
node.addEventListener('peer:discovery', ({ detail }) => {
  console.log(`found ${detail.id.toString()}`)
  node.dial(detail.id).then(
    () => console.log(`connected ${detail.id.toString()}`),
    (error: unknown) => console.log(`failed ${String(error)}`),
  )
})
console.log(`id ${node.peerId.toString()}`)
