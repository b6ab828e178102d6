import { VirtualClock } from '@wrale/kernel/testing'
import { type FleetId, peerIdSchema, type PeerIdText } from '@wrale/protocol'
import { expect, test } from 'vitest'
import { Discovery, type DiscoveryOptions } from './discovery.ts'
import { answerFor, type DiscoveryMessage, type Found, questionFor, readMessage } from './messages.ts'
import type { NetworkInterface, PacketGroup, PacketHandlers } from './multicast.ts'
import { serviceNames } from './service-names.ts'

const names = serviceNames(`12D3KooW${'f'.repeat(44)}` as FleetId)
const services = [names.members, names.stations]
const [self, peer] = ['a', 'b'].map((letter) => peerIdSchema.parse(`12D3KooW${letter.repeat(44)}`)) as [
  PeerIdText,
  PeerIdText,
]
const cable = { address: '10.0.0.1', netmask: '255.255.255.0' }
const wireless = { address: '192.168.0.1', netmask: '255.255.255.0' }

/** A group that keeps what is sent, and lets the test say what is heard. */
class GroupFake implements PacketGroup {
  readonly sent: Array<{ readonly message: DiscoveryMessage | undefined; readonly on: string }> = []
  present: NetworkInterface[] = [cable]
  handlers: PacketHandlers = { onPacket: () => undefined, onInterfaces: () => undefined }
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  interfaces(): NetworkInterface[] {
    return this.present
  }
  send(bytes: Uint8Array, on: NetworkInterface): void {
    this.sent.push({ message: readMessage(bytes, services), on: on.address })
  }
  /** What was sent since the last call, by kind. */
  take(type: DiscoveryMessage['type']): typeof this.sent {
    const taken = this.sent.filter(({ message }) => message?.type === type)
    this.sent.length = 0
    return taken
  }
}

async function setup(options: Partial<DiscoveryOptions> = {}, linked: PeerIdText[] = []) {
  const clock = new VirtualClock()
  const group = new GroupFake()
  const addresses = (): string[] => ['/ip4/10.0.0.1/tcp/1', '/ip4/192.168.0.1/tcp/1', '/ip6/fd00::1/tcp/1']
  const discovery = new Discovery(
    {
      clock,
      linked: () => linked,
      group(handlers) {
        group.handlers = handlers
        return group
      },
    },
    { names, ask: 'members', announce: { peer: self, station: false, addresses }, ...options },
  )
  const found: Found[] = []
  discovery.found.subscribe((one) => found.push(one))
  await discovery.start()
  return { clock, group, discovery, found, linked }
}

test('announces itself and asks at once, on every interface with the addresses of that interface', async () => {
  const { group, discovery } = await setup()
  expect(group.take('answer')).toEqual([
    { on: cable.address, message: { type: 'answer', found: { peer: self, addresses: ['/ip4/10.0.0.1/tcp/1'] } } },
  ])
  group.present = [cable, wireless]
  group.handlers.onInterfaces()
  expect(group.sent.map(({ on, message }) => [on, message?.type])).toEqual([
    [cable.address, 'answer'],
    [wireless.address, 'answer'],
    [cable.address, 'question'],
    [wireless.address, 'question'],
  ])
  await discovery.stop()
})

test('asks often while nobody is linked, then hardly at all', async () => {
  const { clock, group, linked } = await setup()
  await clock.advance(2000)
  expect(group.take('question').length).toBeGreaterThanOrEqual(3)
  await clock.advance(60_000)
  const lonely = group.take('question').length
  expect(lonely).toBeGreaterThanOrEqual(4)
  expect(lonely).toBeLessThanOrEqual(14)
  linked.push(peer)
  await clock.advance(20_000)
  group.take('question')
  await clock.advance(600_000)
  const calm = group.take('question')
  expect(calm.length).toBeGreaterThanOrEqual(6)
  expect(calm.length).toBeLessThanOrEqual(16)
  expect(calm[0]?.message).toMatchObject({ known: [peer] })
})

test('another’s question stands for its own', async () => {
  const { clock, group } = await setup({}, [peer])
  await clock.advance(3000)
  group.take('question')
  for (let minute = 0; minute < 30; minute++) {
    group.handlers.onPacket(questionFor(names.members, names.members, []), '10.0.0.9')
    await clock.advance(30_000)
  }
  expect(group.take('question')).toEqual([])
})

test('answers on the asker’s network, soon, but not again and again', async () => {
  const { clock, group } = await setup()
  group.present = [cable, wireless]
  await clock.advance(200)
  group.take('answer')
  const question = questionFor(names.members, names.members, [])
  for (let n = 0; n < 100; n++) group.handlers.onPacket(question, '192.168.0.7')
  await clock.advance(25)
  expect(group.take('answer').map(({ on }) => on)).toEqual([wireless.address])
  for (let n = 0; n < 100; n++) {
    group.handlers.onPacket(question, '192.168.0.7')
    await clock.advance(10)
  }
  expect(group.take('answer').length).toBeLessThanOrEqual(11)
})

test('does not answer who knows it, who asks for something else, or for stations when it is none', async () => {
  const { clock, group } = await setup()
  group.take('answer')
  group.handlers.onPacket(questionFor(names.members, names.members, [self]), '10.0.0.9')
  group.handlers.onPacket(questionFor('_other._udp.local', names.members, []), '10.0.0.9')
  group.handlers.onPacket(questionFor(names.stations, names.members, []), '10.0.0.9')
  group.handlers.onPacket(new Uint8Array(50), '10.0.0.9')
  await clock.advance(500)
  expect(group.take('answer')).toEqual([])
})

test('a station answers those who look for stations', async () => {
  const announce = { peer: self, station: true, addresses: () => ['/ip4/10.0.0.1/tcp/1'] }
  const { clock, group } = await setup({ announce })
  group.take('answer')
  group.handlers.onPacket(questionFor(names.stations, names.members, []), '10.0.0.9')
  await clock.advance(500)
  expect(group.take('answer')).toHaveLength(1)
})

test('tells whom it hears of, but not of itself', async () => {
  const { group, found } = await setup()
  const addresses = ['/ip4/10.0.0.2/tcp/1']
  group.handlers.onPacket(answerFor(names.members, names.members, { peer, addresses }), '10.0.0.2')
  group.handlers.onPacket(answerFor(names.members, names.members, { peer: self, addresses }), '10.0.0.1')
  expect(found).toEqual([{ peer, addresses }])
})

test('says nothing more after it stopped', async () => {
  const { clock, group, discovery } = await setup()
  group.handlers.onPacket(questionFor(names.members, names.members, []), '10.0.0.9')
  await discovery.stop()
  group.sent.length = 0
  await clock.advance(600_000)
  discovery.hurry()
  expect(group.sent).toEqual([])
})
