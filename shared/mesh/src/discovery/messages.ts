import { CODE_IP4, CODE_IP6, CODE_TCP, multiaddr } from '@multiformats/multiaddr'
import { peerIdSchema, type PeerIdText } from '@wrale/protocol'
import { AUTHORITATIVE_ANSWER, decode, encode, type Packet, type StringAnswer, type TxtAnswer } from 'dns-packet'

/** Life of an answer, seconds (libp2p mDNS specification). */
const ttlSeconds = 120
/** Known answers that a question names; more would not fit a packet. */
const maxKnown = 8
/** Addresses of one peer that are looked at. */
export const maxAddresses = 8
/** Largest packet that is looked at, bytes (RFC 6762, section 17). */
const maxPacketBytes = 9000
const addressPrefix = 'dnsaddr='

export interface Found {
  readonly peer: PeerIdText
  /** Multiaddrs, without the peer. */
  readonly addresses: readonly string[]
}

export type DiscoveryMessage =
  | { readonly type: 'question'; readonly service: string; readonly known: readonly string[] }
  | { readonly type: 'answer'; readonly service: string; readonly found: Found }

/** Asks for a service; who is named in `known` need not answer (RFC 6762, section 7.1). */
export function questionFor(service: string, members: string, known: readonly PeerIdText[]): Uint8Array {
  return encode({
    type: 'query',
    questions: [{ name: service, type: 'PTR' }],
    answers: known.slice(0, maxKnown).map((peer) => pointer(service, members, peer)),
  })
}

/** Says where `peer` is to be reached, in the form of libp2p's mDNS specification. */
export function answerFor(service: string, members: string, { peer, addresses }: Found): Uint8Array {
  const text: TxtAnswer = {
    name: `${peer}.${members}`,
    type: 'TXT',
    ttl: ttlSeconds,
    data: addresses.slice(0, maxAddresses).map((address) => `${addressPrefix}${address}/p2p/${peer}`),
  }
  return encode({ type: 'response', flags: AUTHORITATIVE_ANSWER, answers: [pointer(service, members, peer), text] })
}

/** A subtype points to the instance of the service itself. */
function pointer(service: string, members: string, peer: PeerIdText): StringAnswer {
  return { name: service, type: 'PTR', ttl: ttlSeconds, data: `${peer}.${members}` }
}

/** @returns what a packet says that concerns one of `services`; undefined for anything else, damaged packets included */
export function readMessage(bytes: Uint8Array, services: readonly string[]): DiscoveryMessage | undefined {
  if (bytes.byteLength > maxPacketBytes) return undefined
  let packet: Packet
  try {
    packet = decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  } catch {
    return undefined
  }
  return packet.type === 'query' ? readQuestion(packet, services) : readAnswer(packet, services)
}

function readQuestion(
  { questions = [], answers = [] }: Packet,
  services: readonly string[],
): DiscoveryMessage | undefined {
  const service = questions.find(({ type, name }) => type === 'PTR' && services.includes(name))?.name
  if (service === undefined) return undefined
  const known = answers.flatMap((answer) =>
    answer.type === 'PTR' && answer.name === service ? [instanceOf(answer.data)] : [],
  )
  return { type: 'question', service, known }
}

function readAnswer(
  { answers = [], additionals = [] }: Packet,
  services: readonly string[],
): DiscoveryMessage | undefined {
  const named = answers.find(
    (answer): answer is StringAnswer => answer.type === 'PTR' && services.includes(answer.name),
  )
  const peer = peerIdSchema.safeParse(named === undefined ? '' : instanceOf(named.data))
  if (!peer.success) return undefined
  const texts = [...answers, ...additionals].flatMap((answer) => (answer.type === 'TXT' ? [answer.data].flat() : []))
  const addresses = texts.flatMap((text) => readAddress(text.toString(), peer.data)).slice(0, maxAddresses)
  if (named === undefined || addresses.length === 0) return undefined
  return { type: 'answer', service: named.name, found: { peer: peer.data, addresses } }
}

function instanceOf(name: string): string {
  return name.split('.')[0] ?? ''
}

function readAddress(text: string, peer: PeerIdText): string[] {
  const suffix = `/p2p/${peer}`
  if (!text.startsWith(addressPrefix) || !text.endsWith(suffix)) return []
  const address = text.slice(addressPrefix.length, -suffix.length)
  return isPlainAddress(address) ? [address] : []
}

/** Whether it is an IP address with a TCP port and nothing else: no name to look up, no relay, no other transport. */
export function isPlainAddress(address: string): boolean {
  try {
    const [host, port, ...more] = multiaddr(address).getComponents()
    return (host?.code === CODE_IP4 || host?.code === CODE_IP6) && port?.code === CODE_TCP && more.length === 0
  } catch {
    return false
  }
}
