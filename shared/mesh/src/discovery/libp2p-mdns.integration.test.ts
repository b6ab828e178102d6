import { createSocket } from 'node:dgram'
import { multiaddr } from '@multiformats/multiaddr'
import { peerIdSchema } from '@wrale/protocol'
import { generateIdentity } from '@wrale/protocol/signing'
import { afterEach, expect, test } from 'vitest'
import { LibP2PMdns } from './libp2p-mdns.ts'
import { answerFor, type Found, questionFor, readMessage } from './messages.ts'

const service = '_wrale-test0001._udp.local'
const group = '224.0.0.251'
const started: LibP2PMdns[] = []

afterEach(async () => {
  for (const part of started.splice(0)) await part.stop()
})

async function start(self: string, found: Found[] = []): Promise<void> {
  const addresses = () => [multiaddr(`/ip4/127.0.0.1/tcp/4001/p2p/${self}`)]
  const part = new LibP2PMdns(
    { addresses, onFound: (one) => found.push(one) },
    { service, self: peerIdSchema.parse(self) },
  )
  started.push(part)
  await part.start()
}

/** Whether this machine has a way to the group by default; the module knows no other. */
const hasRoute = await new Promise<boolean>((resolve) => {
  const socket = createSocket('udp4')
  socket.bind(0, () => {
    socket.setMulticastTTL(0)
    socket.send(new Uint8Array(), 5353, group, (error) => socket.close(() => resolve(error === null)))
  })
})
const skipped = hasRoute ? '' : ' (skipped: no route for multicast)'

test.skipIf(!hasRoute)(
  `what it answers is what our own discovery reads, and what our own discovery says it understands${skipped}`,
  async () => {
    const { id } = await generateIdentity()
    const other = (await generateIdentity()).id
    const found: Found[] = []
    await start(id, found)
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    await new Promise<void>((resolve) => socket.bind(5353, resolve))
    socket.setMulticastInterface('127.0.0.1')
    socket.addMembership(group)
    const answered = new Promise<Found>((resolve) => {
      socket.on('message', (bytes) => {
        const message = readMessage(bytes, [service])
        if (message?.type === 'answer' && message.found.peer === id) resolve(message.found)
      })
    })
    try {
      // Loopback is not where the module's group is joined on every machine, so it is spoken to directly.
      socket.send(questionFor(service, service, []), 5353, group)
      socket.setMulticastTTL(0)
      socket.send(answerFor(service, service, { peer: other, addresses: ['/ip4/127.0.0.1/tcp/4002'] }), 5353, group)
      expect(await answered).toEqual({ peer: id, addresses: ['/ip4/127.0.0.1/tcp/4001'] })
      await expect.poll(() => found).toContainEqual({ peer: other, addresses: ['/ip4/127.0.0.1/tcp/4002'] })
      expect(found.every(({ peer }) => peer !== id)).toBe(true)
    } finally {
      socket.close()
    }
  },
)
