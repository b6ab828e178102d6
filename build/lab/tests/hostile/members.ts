import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import { decodeCbor, encodeCbor, type PeerIdText } from '@wrale/protocol'
import type { RecordPayload } from '@wrale/protocol/records'
import { sealRecord } from '@wrale/protocol/signing'
import { digestHashBytes, linkProtocol, maxSyncFrameBytes, syncFrameSchema, syncProtocol } from '@wrale/protocol/wire'
import { framed, varint } from '../stranger/framing.ts'
import type { Behaviour, BehaviourParts } from './behaviour.ts'
import { firstFrame, type Impostor, pour } from './impostor.ts'
import type { Stage } from './stage.ts'

/** How long it goes on each time that it is let in, ms. */
const roundMs = 700
/** The far future: 2100. */
const farAheadMs = Date.UTC(2100, 0, 1)

/** Rounds after which whoever is still let in is taken to be let in for ever. */
const maxRounds = 8

type Work = (connection: Connection, index: number) => Promise<unknown>

/**
 * Becomes a link of every target and does something there, again and again until it is not let in any more; then it knocks a few times.
 * @returns for each target how often it was let in, and what it was told at last
 */
async function untilKeptOut({ impostor, stage }: BehaviourParts, work: Work): Promise<object> {
  const told = await Promise.all(
    stage.targets.map(async (target, index) => {
      const outcomes: unknown[] = []
      let last: string = 'admitted'
      while (outcomes.length < maxRounds) {
        const { admission, connection } = await impostor.join(target)
        last = admission
        if (admission !== 'admitted' || connection === undefined) break
        // Whatever it is doing may be cut short, as it should be.
        outcomes.push(await work(connection, index).catch((error: unknown) => String(error)))
        connection.abort(new Error('done'))
      }
      return { rounds: outcomes.length, last, outcomes, again: await impostor.knock(target, 3, 100) }
    }),
  )
  return { told }
}

/** Sends frames on the link stream for a second at a time. */
function overLink(next: (stage: Stage, number: number) => Uint8Array | Promise<Uint8Array>, count = 400): Behaviour {
  return async (parts) => {
    const frames: Uint8Array[] = []
    for (let number = 1; number <= count; number++) frames.push(await next(parts.stage, number))
    return await untilKeptOut(parts, async (connection) => {
      const stream = await connection
        .newStream(linkProtocol, { signal: AbortSignal.timeout(5000) })
        .catch(() => undefined)
      if (stream === undefined) return 0
      let index = 0
      return await pour(stream, () => frames[index++ % frames.length], performance.now() + roundMs)
    })
  }
}

/** Answers the pulls of members with `frames`. */
function answering(frames: (stage: Stage) => AsyncGenerator<Uint8Array> | Generator<Uint8Array>): Behaviour {
  return async (parts) => {
    const { impostor, stage } = parts
    let pulls = 0
    await impostor.node.handle(syncProtocol, async (stream) => {
      pulls += 1
      const endMs = performance.now() + roundMs
      for await (const frame of frames(stage)) {
        if (stream.status !== 'open' || performance.now() > endMs) break
        await pour(stream, once(frame), endMs)
      }
      await stream.close().catch(() => undefined)
    })
    const told = await untilKeptOut(parts, async (connection) => {
      const stream = await connection
        .newStream(linkProtocol, { signal: AbortSignal.timeout(5000) })
        .catch(() => undefined)
      stream?.send(framed(encodeCbor({ b: 2000 })))
      await sleep(roundMs)
    })
    return { pulls, ...told }
  }
}

function once(bytes: Uint8Array): () => Uint8Array | undefined {
  let left: Uint8Array | undefined = bytes
  return () => {
    const next = left
    left = undefined
    return next
  }
}

async function sealed(stage: Stage, payload: RecordPayload): Promise<Uint8Array> {
  return (await sealRecord(payload, stage.identity)).sealed
}

const header = (seq: number, wallMs = Date.now()): Pick<RecordPayload, 'seq' | 'prev' | 'hlc'> => ({
  seq,
  prev: seq - 1,
  hlc: [wallMs, 0],
})

const event = (stage: Stage, seq: number, message: string): Promise<Uint8Array> =>
  sealed(stage, {
    kind: 'event',
    ...header(seq),
    body: { name: 'test.flood', severity: 'info', message },
  })

const intent = (stage: Stage, seq: number, wallMs: number): Promise<Uint8Array> =>
  sealed(stage, {
    kind: 'intent',
    ...header(seq, wallMs),
    body: { object: { type: 'group', id: 'taken-over' }, set: { description: 'by force' }, seen: {} },
  })

const pushed = (records: readonly Uint8Array[]): Uint8Array => framed(encodeCbor({ r: records }))

/** Valid records of its own, more than anybody needs. */
const recordFlood = overLink(async (stage, number) => pushed([await event(stage, number, `flood ${number}`)]), 3000)

/** Frames of noise. */
const garbage = overLink(() => framed(randomBytes(900)))

/** The length of a frame that nobody has room for, and then all of it. */
const hugeFrame = overLink((_stage, number) => (number === 1 ? varint(2 ** 31) : randomBytes(65_536)), 64)

/** Records that its role may not write. */
const beyondRole = overLink(async (stage, number) => pushed([await intent(stage, number, Date.now())]))

/** Words from the year 2100. */
const future = overLink(async (stage, number) => pushed([await intent(stage, number, farAheadMs)]), 64)

/** Two records under one number, one to each half of the fleet. */
const equivocation: Behaviour = async (parts) =>
  await untilKeptOut(parts, async (connection, index) => {
    const { stage } = parts
    const stream = await connection.newStream(linkProtocol, { signal: AbortSignal.timeout(5000) })
    stream.send(pushed([await event(stage, 1, index % 2 === 0 ? 'heads' : 'tails')]))
    await sleep(300)
  })

/** What others said, fetched as members fetch it and said again, over and over. */
const replay: Behaviour = async (parts) => {
  const old: Uint8Array[] = []
  for (const target of parts.stage.targets) old.push(...(await fetchRecords(parts.impostor, target)))
  const frames = old.map((record) => pushed([record]))
  const again = overLink((_stage, number) => frames[number % frames.length] ?? randomBytes(10), frames.length)
  return { fetched: old.length, ...(await again(parts)) }
}

async function fetchRecords(impostor: Impostor, target: string): Promise<Uint8Array[]> {
  const { connection } = await impostor.join(target)
  if (connection === undefined) return []
  try {
    const stream = await connection.newStream(syncProtocol, { signal: AbortSignal.timeout(5000) })
    const answer = firstFrame(stream)
    stream.send(framed(encodeCbor({ hash: new Uint8Array(digestHashBytes), have: {} })))
    const { records } = decodeCbor(await answer, syncFrameSchema, { maxBytes: maxSyncFrameBytes })
    return records.map(([, record]) => record)
  } catch {
    return []
  } finally {
    connection.abort(new Error('done'))
  }
}

/** Streams by the thousand, each left after a byte. */
const streams: Behaviour = async (parts) =>
  await untilKeptOut(parts, async (connection) => {
    const endMs = performance.now() + roundMs
    let opened = 0
    while (performance.now() < endMs && connection.status === 'open') {
      const stream = await connection
        .newStream(syncProtocol, { signal: AbortSignal.timeout(1000) })
        .catch(() => undefined)
      if (stream === undefined) {
        await sleep(10)
        continue
      }
      opened += 1
      stream.send(new Uint8Array([0x80]))
      if (opened % 2 === 0) stream.abort(new Error('never mind'))
    }
    return { opened }
  })

/** As many streams as it gets, each with a byte a second. */
const slowStreams: Behaviour = async (parts) =>
  await untilKeptOut(parts, async (connection) => {
    const all = await Promise.allSettled(
      Array.from({ length: 60 }, () => connection.newStream(syncProtocol, { signal: AbortSignal.timeout(2000) })),
    )
    const open = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    for (const stream of open) stream.send(varint(20_000))
    for (let second = 0; second < 2; second++) {
      for (const stream of open) if (stream.status === 'open') stream.send(new Uint8Array(1))
      await sleep(1000)
    }
    return { opened: open.length, left: open.filter(({ status }) => status === 'open').length }
  })

/** Answers a pull with frames that never end. */
const endlessAnswer = answering(async function* (stage) {
  for (let number = 1; ; number++) {
    const record = await event(stage, number, `answer ${number}`)
    yield framed(encodeCbor({ records: [[0, record]] }))
  }
})

/** Answers a pull by saying that all that any member will ever write has been told. */
const falseMarks = answering(function* ({ members }) {
  const marks = Object.fromEntries(members.map((id: PeerIdText) => [id, Number.MAX_SAFE_INTEGER]))
  yield framed(encodeCbor({ records: [], marks }))
})

export const members = {
  recordFlood,
  garbage,
  hugeFrame,
  beyondRole,
  future,
  equivocation,
  replay,
  streams,
  slowStreams,
  endlessAnswer,
  falseMarks,
}
