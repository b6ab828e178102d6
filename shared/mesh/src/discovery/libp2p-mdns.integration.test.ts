import { createSocket } from 'node:dgram'
import { peerIdSchema } from '@wrale/protocol'
import { generateIdentity } from '@wrale/protocol/signing'
import { afterEach, expect, test } from 'vitest'
import { LibP2PMdns } from './libp2p-mdns.ts'
import { answerFor, type Found, readMessage } from './messages.ts'

const service = '_wrale-test0001._udp.local'
const group = '224.0.0.251'
const started: LibP2PMdns[] = []

afterEach(async () => {
  for (const part of started.splice(0)) await part.stop()
})

async function start(self: string, found: Found[] = []): Promise<LibP2PMdns> {
  const part = new LibP2PMdns({ onFound: (one) => found.push(one) }, { service, self: peerIdSchema.parse(self) })
  started.push(part)
  await part.start()
  return part
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
  `asks what our own discovery answers, and understands the answer; resting, it does neither${skipped}`,
  async () => {
    const { id } = await generateIdentity()
    const other = (await generateIdentity()).id
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    await new Promise<void>((resolve) => socket.bind(5353, resolve))
    socket.addMembership(group)
    const asked = Promise.withResolvers<void>()
    socket.on('message', (bytes) => {
      if (readMessage(bytes, [service])?.type === 'question') asked.resolve()
    })
    const found: Found[] = []
    const part = await start(id, found)
    const answer = (port: number): Uint8Array =>
      answerFor(service, service, { peer: other, addresses: [`/ip4/127.0.0.1/tcp/${port}`] })
    try {
      await asked.promise
      socket.setMulticastTTL(0)
      socket.send(answer(4002), 5353, group)
      await expect.poll(() => found).toContainEqual({ peer: other, addresses: ['/ip4/127.0.0.1/tcp/4002'] })
      await part.listen(false)
      const heard = new Promise<void>((resolve) => {
        socket.on('message', (bytes) => {
          if (Buffer.from(bytes).includes('4003')) resolve()
        })
      })
      socket.send(answer(4003), 5353, group)
      await heard
      await part.listen(true)
      socket.send(answer(4004), 5353, group)
      await expect.poll(() => found).toContainEqual({ peer: other, addresses: ['/ip4/127.0.0.1/tcp/4004'] })
      expect(JSON.stringify(found)).not.toContain('4003')
    } finally {
      socket.close()
    }
  },
)
