import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { type Clock, FleetError, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { type Certificate, verifyCertificate } from '@wrale/protocol/signing'
import {
  type Hello,
  helloReplySchema,
  helloSchema,
  maxHelloAddresses,
  maxHelloBytes,
  refusalOf,
} from '@wrale/protocol/wire'
import { unlessRefused } from '../../../refusals.ts'
import type { Membership } from '../../../types.ts'
import type { Vetting } from '../../../vetting/vetting.ts'
import { LibP2PFrames } from '../frames.ts'

/** What a hello told of a peer. */
export interface Introduction {
  readonly id: PeerIdText
  readonly certificate: Certificate
  readonly software: string
  /** Where it says that it listens. */
  readonly listen: readonly string[]
  readonly clockErrorMs: number
  /** Which start of its program speaks; undefined from software that does not say. */
  readonly instance: Uint8Array | undefined
}

export interface HelloDeps {
  readonly membership: Membership
  readonly software: string
  readonly clock: Clock
  /** Where this member listens. */
  readonly listen: () => readonly string[]
  /** Default: whoever has a certificate of the fleet is let in. */
  readonly vetting?: Vetting | undefined
}

/**
 * Says hello on a stream that this side opened, and checks the answer.
 * @throws FleetError of the other side's refusal, or NOT_MEMBER and the like when its answer does not convince this side
 */
export async function sayHello(
  deps: HelloDeps,
  stream: Stream,
  remote: PeerIdText,
  signal: AbortSignal,
): Promise<Introduction> {
  const frames = new LibP2PFrames(stream, { maxBytes: maxHelloBytes, signal })
  const sentAtMs = deps.clock.wallMs()
  await frames.write(ownHello(deps))
  const reply = await frames.read(helloReplySchema)
  deps.vetting?.heed(reply)
  const halfwayMs = (sentAtMs + deps.clock.wallMs()) / 2
  await frames.close()
  return introduce(deps, unlessRefused(reply), remote, halfwayMs)
}

/**
 * Answers a hello. `accept` is called when it convinces this side and before the other side learns so, because the other side
 * will open streams at once; it may refuse by throwing.
 * @throws FleetError when the other side was refused; it has been told
 */
export async function answerHello(
  deps: HelloDeps,
  stream: Stream,
  remote: PeerIdText,
  signal: AbortSignal,
  accept: (introduction: Introduction) => void,
): Promise<void> {
  const frames = new LibP2PFrames(stream, { maxBytes: maxHelloBytes, signal })
  try {
    const hello = await frames.read(helloSchema)
    accept(await introduce(deps, hello, remote, deps.clock.wallMs()))
    await frames.write(ownHello(deps))
  } catch (error) {
    const refused = toFleetError(error)
    // Telling why is a courtesy; the peer may be gone, or not listening.
    await frames.write(deps.vetting?.refusal(refused) ?? refusalOf(refused)).catch(() => undefined)
    throw refused
  } finally {
    await frames.close()
  }
}

function ownHello({ membership, software, clock, listen, vetting }: HelloDeps): Hello {
  return {
    fleet: membership.fleet,
    certificate: membership.certificate.sealed,
    software,
    wallMs: Math.max(0, Math.round(clock.wallMs())),
    listen: listen().slice(0, maxHelloAddresses),
    ...(vetting === undefined ? {} : { instance: vetting.instance }),
  }
}

async function introduce(
  { membership, vetting }: HelloDeps,
  hello: Hello,
  remote: PeerIdText,
  ourWallMs: number,
): Promise<Introduction> {
  if (hello.fleet !== membership.fleet) throw new FleetError('NOT_MEMBER', 'this is a member of another fleet')
  const expected = { fleet: membership.fleet, subject: remote }
  const certificate = await (vetting?.admit(hello.certificate, remote) ??
    verifyCertificate(hello.certificate, expected))
  const { software, instance } = hello
  const listen = (hello.listen ?? []).filter(isMultiaddr)
  return { id: remote, certificate, software, instance, listen, clockErrorMs: Math.round(hello.wallMs - ourWallMs) }
}

function isMultiaddr(text: string): boolean {
  try {
    multiaddr(text)
    return true
  } catch {
    return false
  }
}
