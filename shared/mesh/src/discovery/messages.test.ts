import { peerIdSchema } from '@wrale/protocol'
import { decode, encode } from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerFor, questionFor, readMessage } from './messages.ts'

const members = '_wrale-0123abcd._udp.local'
const stations = `_station._sub.${members}`
const services = [members, stations]
const peer = peerIdSchema.parse(`12D3KooW${'a'.repeat(44)}`)
const other = peerIdSchema.parse(`12D3KooW${'b'.repeat(44)}`)
const addresses = ['/ip4/10.0.0.2/tcp/4001', '/ip6/fd00::2/tcp/4001']

describe('a question', () => {
  test.each(services)('for %s is read back with those who are known', (service) => {
    expect(readMessage(questionFor(service, members, [peer]), services)).toEqual({
      type: 'question',
      service,
      known: [peer],
    })
  })

  test('fits one packet, however many are known', () => {
    const known = Array.from({ length: 100 }, () => peer)
    expect(questionFor(members, members, known).byteLength).toBeLessThan(1400)
  })
})

describe('an answer', () => {
  test.each(services)('to %s is read back', (service) => {
    expect(readMessage(answerFor(service, members, { peer, addresses }), services)).toEqual({
      type: 'answer',
      service,
      found: { peer, addresses },
    })
  })

  test('that names another peer’s addresses, or what is no plain TCP address, loses them', () => {
    const packet = decode(Buffer.from(answerFor(members, members, { peer, addresses })))
    const bad = ['/ip4/10.0.0.3/udp/1', '/dns4/example.org/tcp/1', '/ip4/10.0.0.3/tcp/1/ws', 'nonsense', '']
    const data = [
      ...bad.map((address) => `dnsaddr=${address}/p2p/${peer}`),
      `dnsaddr=${addresses[0]}/p2p/${other}`,
      'x=y',
      `dnsaddr=${addresses[1]}/p2p/${peer}`,
    ]
    const answers = packet.answers?.map((answer) => (answer.type === 'TXT' ? { ...answer, data } : answer))
    expect(readMessage(encode({ ...packet, answers }), services)).toMatchObject({
      found: { addresses: [addresses[1]] },
    })
  })

  test('without a usable address, or from no peer, says nothing', () => {
    expect(readMessage(answerFor(members, members, { peer, addresses: [] }), services)).toBeUndefined()
    const anonymous = encode({
      type: 'response',
      answers: [{ name: members, type: 'PTR', data: `printer.${members}` }],
    })
    expect(readMessage(anonymous, services)).toBeUndefined()
  })
})

test('what concerns other services is ignored', () => {
  expect(readMessage(questionFor('_ipp._tcp.local', members, []), services)).toBeUndefined()
  expect(readMessage(answerFor('_ipp._tcp.local', members, { peer, addresses }), services)).toBeUndefined()
})

test('no packet makes the reader fail', () => {
  const good = [questionFor(members, members, [peer]), answerFor(stations, members, { peer, addresses })]
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(...good),
      fc.nat(),
      fc.nat(255),
      (noise, packet, at, byte) => {
        readMessage(noise, services)
        readMessage(
          packet.map((old, index) => (index === at % packet.length ? byte : old)),
          services,
        )
        readMessage(packet.subarray(0, at % packet.length), services)
      },
    ),
  )
  expect(readMessage(new Uint8Array(10_000), services)).toBeUndefined()
})
