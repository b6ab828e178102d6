import { VirtualClock } from '@wrale/kernel/testing'
import { type FleetId, peerIdSchema, type PeerIdText } from '@wrale/protocol'
import { describe, expect, test } from 'vitest'
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

async function setup(options: Partial<DiscoveryOptions> = {}, linked: PeerIdText[] = [], others = 0) {
  const clock = new VirtualClock()
  const group = new GroupFake()
  const addresses = (): string[] => ['/ip4/10.0.0.1/tcp/1', '/ip4/192.168.0.1/tcp/1', '/ip6/fd00::1/tcp/1']
  const discovery = new Discovery(
    {
      clock,
      linked: () => linked,
      others: () => others,
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
    {
      on: cable.address,
      message: { type: 'answer', service: names.members, found: { peer: self, addresses: ['/ip4/10.0.0.1/tcp/1'] } },
    },
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

describe('in a crowd', () => {
  const neighbours = ['c', 'd', 'e', 'g'].map((letter) => peerIdSchema.parse(`12D3KooW${letter.repeat(44)}`))
  const question = questionFor(names.members, names.members, [])
  const answerOf = (from: PeerIdText, service = names.members) =>
    answerFor(service, names.members, { peer: from, addresses: ['/ip4/10.0.0.2/tcp/1'] })
  const settled = async (others: number, options: Partial<DiscoveryOptions> = {}) => {
    const { clock, group } = await setup(options, [peer], others)
    await clock.advance(3000)
    group.take('answer')
    return { clock, group }
  }

  test('it leaves the answer to others when enough of them gave theirs', async () => {
    const { clock, group } = await settled(40)
    group.handlers.onPacket(question, '10.0.0.9')
    for (const one of neighbours) group.handlers.onPacket(answerOf(one), '10.0.0.2')
    await clock.advance(2000)
    expect(group.take('answer')).toEqual([])
  })

  test.each([
    ['too few answered', neighbours.slice(1), names.members],
    ['one answered again and again', Array.from({ length: 9 }, () => peer), names.members],
    ['others answered something else', neighbours, names.stations],
  ])('it answers when %s', async (_, from, service) => {
    const { clock, group } = await settled(40)
    group.handlers.onPacket(question, '10.0.0.9')
    for (const one of from) group.handlers.onPacket(answerOf(one, service), '10.0.0.2')
    await clock.advance(2000)
    expect(group.take('answer')).toHaveLength(1)
  })

  test.each([
    ['a station', 40, { announce: { peer: self, station: true, addresses: () => ['/ip4/10.0.0.1/tcp/1'] } }],
    ['a member of a small fleet', 4, {}],
  ])('%s always answers', async (_, others, options) => {
    const { clock, group } = await settled(others, options)
    group.handlers.onPacket(question, '10.0.0.9')
    for (const one of neighbours) group.handlers.onPacket(answerOf(one), '10.0.0.2')
    await clock.advance(2000)
    expect(group.take('answer')).toHaveLength(1)
  })

  test('fifty of them give a question a handful of answers, within half a second', async () => {
    const clock = new VirtualClock()
    const groups: GroupFake[] = []
    let answers = 0
    for (let n = 0; n < 50; n++) {
      const group = new GroupFake()
      const id = peerIdSchema.parse(`12D3KooW${'ABCDEFGH'[n % 8]}${'JKLMNPQR'[Math.floor(n / 8)]}${'a'.repeat(42)}`)
      group.send = (bytes) => {
        if (readMessage(bytes, services)?.type === 'answer') answers++
        // A packet takes a moment to be read by everyone.
        clock.schedule(10, () =>
          groups.filter((to) => to !== group).forEach((to) => to.handlers.onPacket(bytes, '10.0.0.2')),
        )
      }
      groups.push(group)
      const announce = { peer: id, station: false, addresses: () => ['/ip4/10.0.0.1/tcp/1'] }
      const discovery = new Discovery(
        {
          clock,
          linked: () => [peer],
          others: () => 49,
          group: (handlers) => Object.assign(group, { handlers }),
        },
        { names, ask: 'nobody', announce },
      )
      await discovery.start()
    }
    await clock.advance(3000)
    answers = 0
    for (const group of groups) group.handlers.onPacket(question, '10.0.0.9')
    await clock.advance(600)
    expect(answers).toBeGreaterThanOrEqual(4)
    expect(answers).toBeLessThanOrEqual(16)
    await clock.advance(3000)
    expect(answers).toBeLessThanOrEqual(16)
  })
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
