import type { Connection, Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { backoffMs, type Clock, FleetError, type FleetErrorCode, type Logger } from '@wrale/kernel'
import type { FleetId } from '@wrale/protocol'
import type { JoinToken } from '@wrale/protocol/membership'
import type { Identity } from '@wrale/protocol/signing'
import { enrolProtocol } from '@wrale/protocol/wire'
import { createLibp2p } from 'libp2p'
import { withDeadline } from '../deadline.ts'
import { Discovery } from '../discovery/discovery.ts'
import { Multicast } from '../discovery/multicast.ts'
import { serviceNames } from '../discovery/service-names.ts'
import { closeConnection, remoteIdOf, streamError } from '../transport/libp2p/connections.ts'
import { baseOptions } from '../transport/libp2p/node/base.ts'
import { checkMultiaddrs, startNode } from '../transport/libp2p/node/start-node.ts'
import { defaultTuning } from '../tuning.ts'
import type { Membership } from '../types.ts'
import { Candidates } from './candidates.ts'
import { askToEnrol } from './exchange.ts'
import { askToRotate, type HandedPlace } from './rotation.ts'

export interface EnrolDeps {
  readonly identity: Identity
  readonly logger: Logger
  readonly clock: Clock
}

export interface EnrolOptions {
  /** What it joins with: a token; or the place that a member hands from another key to this one. */
  readonly token: JoinToken | HandedPlace
  /** Name that this machine asks for. */
  readonly name: string
  readonly software: string
  /** Where the member will listen. Tried out here, so that a port in use comes to light before the token is used. */
  readonly listen: readonly string[]
  /** Multiaddrs of stations, where multicast does not reach. */
  readonly peers: readonly string[]
  readonly mdns: boolean
  /** Ends the attempt. */
  readonly signal: AbortSignal
}

/** Refusals that another attempt with this token will not change. */
const finalCodes: ReadonlySet<FleetErrorCode> = new Set([
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_USED_UP',
  'ENROL_REFUSED',
  'NOT_MEMBER',
  'FORBIDDEN',
])
/**
 * How long other stations are still tried after a final refusal, ms: the token may have been made by a station that this one has
 * not heard of yet, and a refusal proves nothing about who gave it.
 */
const graceMs = 5000
const retry = { firstMs: 500, maxMs: 10_000 }

/**
 * Joins a fleet with a token, or takes over a member’s place with a new key: finds stations by mDNS and at the given addresses, proves what
 * there is to prove, and lets the station prove itself. Tries until a station takes this machine in.
 * @throws FleetError of the station's refusal when it is final; ABORTED; PORT_IN_USE, ADDRESS_UNAVAILABLE
 */
export async function enrol(deps: EnrolDeps, options: EnrolOptions): Promise<Membership> {
  checkMultiaddrs([...options.listen, ...options.peers])
  const node = await createLibp2p(
    baseOptions({ identity: deps.identity, listen: options.listen, software: options.software, maxConnections: 16 }),
  )
  await startNode(node, options.listen)
  const candidates = new Candidates(deps.clock, (attempt) => backoffMs(attempt, retry))
  for (const address of options.peers) candidates.add(address, [address])
  const discovery = options.mdns ? lookForStations(deps, options.token, candidates) : undefined
  try {
    await discovery?.start()
    return await tryCandidates(deps, options, node, candidates)
  } finally {
    candidates.stop()
    await discovery?.stop()
    await node.stop()
  }
}

function lookForStations(
  { clock, logger }: EnrolDeps,
  token: { readonly fleet: FleetId },
  candidates: Candidates,
): Discovery {
  const discovery = new Discovery(
    { clock, group: (handlers) => new Multicast(clock, logger, handlers), linked: () => [] },
    { names: serviceNames(token.fleet), ask: 'stations' },
  )
  discovery.found.subscribe(({ peer, addresses }) =>
    candidates.add(
      peer,
      addresses.map((address) => `${address}/p2p/${peer}`),
    ),
  )
  return discovery
}

async function tryCandidates(
  deps: EnrolDeps,
  options: EnrolOptions,
  node: Libp2p,
  candidates: Candidates,
): Promise<Membership> {
  const { clock, logger } = deps
  let refusal: { readonly error: FleetError; readonly untilMs: number } | undefined
  /** Without multicast nobody comes besides those who were named. */
  const mayCome = options.mdns || options.peers.length === 0
  logger.info('looking for a station to join', { fleet: options.token.fleet })
  for (;;) {
    const limitMs = refusal === undefined ? undefined : refusal.untilMs - clock.monotonicMs()
    const candidate = mayCome || candidates.remain ? await candidates.next(options.signal, limitMs) : undefined
    if (candidate === undefined) throw refusal?.error ?? new FleetError('ABORTED', 'the attempt to join was given up')
    try {
      return await askAt(deps, options, node, candidate.addresses)
    } catch (thrown) {
      const error = streamError(thrown)
      if (options.signal.aborted) throw abortReason(options.signal)
      logger.info('a station did not take this machine in', {
        address: candidate.addresses[0],
        code: error.code,
        error: error.message,
      })
      if (finalCodes.has(error.code)) {
        candidates.exclude(candidate)
        refusal ??= { error, untilMs: clock.monotonicMs() + graceMs }
      } else candidates.failed(candidate)
    }
  }
}

async function askAt(
  { identity, clock }: EnrolDeps,
  options: EnrolOptions,
  node: Libp2p,
  addresses: readonly string[],
): Promise<Membership> {
  const { token, name, software } = options
  let connection: Connection | undefined
  try {
    return await withDeadline(clock, defaultTuning.enrolDeadlineMs, options.signal, async (signal) => {
      connection = await node.dial(
        addresses.map((address) => multiaddr(address)),
        { signal },
      )
      const remote = remoteIdOf(connection)
      if (remote === null) throw new FleetError('ENROL_REFUSED', 'the other side is no station')
      const stream = await connection.newStream(enrolProtocol, { signal })
      const ends = { self: identity.id, remote, signal }
      return await ('old' in token
        ? askToRotate(stream, ends, token)
        : askToEnrol(stream, ends, token, { name, software }))
    })
  } finally {
    if (connection !== undefined) await closeConnection(connection, new FleetError('ABORTED', 'done'))
  }
}

function abortReason(signal: AbortSignal): FleetError {
  return signal.reason instanceof FleetError
    ? signal.reason
    : new FleetError('ABORTED', 'the attempt to join was given up')
}
