import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { decodeCbor, encodeCbor } from '@wrale/protocol'
import { helloProtocol, helloReplySchema, maxHelloBytes } from '@wrale/protocol/wire'
import { framed } from '../stranger/framing.ts'
import { strangerNode } from '../stranger/peer.ts'
import type { Stage } from './stage.ts'

const patienceMs = 4000

/** What came of an attempt to become a link: `unreachable` when there was no connection, else a refusal's code, or admission. */
export type Admission = 'admitted' | 'unreachable' | 'hung-up' | (string & {})

/** Somebody who speaks the members' protocols by hand, and says what it likes. */
export class Impostor {
  readonly node: Libp2p
  readonly stage: Stage

  private constructor(node: Libp2p, stage: Stage) {
    this.node = node
    this.stage = stage
  }

  static async create(stage: Stage): Promise<Impostor> {
    return new Impostor(await strangerNode(stage.identity), stage)
  }

  async connect(target: string): Promise<Connection> {
    return await this.node.dial(multiaddr(target), { force: true, signal: AbortSignal.timeout(patienceMs) })
  }

  /** Connects and says hello as members do. */
  async join(target: string): Promise<{ readonly admission: Admission; readonly connection: Connection | undefined }> {
    let connection: Connection
    try {
      connection = await this.connect(target)
    } catch {
      return { admission: 'unreachable', connection: undefined }
    }
    try {
      const stream = await connection.newStream(helloProtocol, { signal: AbortSignal.timeout(patienceMs) })
      const answer = firstFrame(stream)
      stream.send(framed(this.hello()))
      const reply = decodeCbor(await answer, helloReplySchema, { maxBytes: maxHelloBytes })
      return 'refused' in reply
        ? { admission: (reply.refused as { code: string }).code, connection }
        : { admission: 'admitted', connection }
    } catch {
      return { admission: 'hung-up', connection }
    }
  }

  hello(): Uint8Array {
    const { certificate, fleet } = this.stage
    return encodeCbor({ fleet, certificate, software: '9.9.9', wallMs: Date.now() })
  }

  /** What it is told when it tries to link again, time after time. */
  async knock(target: string, times: number, pauseMs: number): Promise<Admission[]> {
    const heard: Admission[] = []
    for (let time = 0; time < times; time++) {
      const { admission, connection } = await this.join(target)
      heard.push(admission)
      connection?.abort(new Error('done'))
      await sleep(pauseMs)
    }
    return heard
  }
}

/** Sends until it is all sent, the stream ends or the time is up. @returns how many pieces went */
export async function pour(stream: Stream, next: () => Uint8Array | undefined, untilMs: number): Promise<number> {
  let sent = 0
  try {
    while (performance.now() < untilMs && stream.status === 'open') {
      const bytes = next()
      if (bytes === undefined) break
      if (!stream.send(bytes)) await stream.onDrain({ signal: AbortSignal.timeout(patienceMs) })
      sent += 1
      // Others in this process, the answers among them, want their turn.
      if (sent % 16 === 0) await sleep(0)
    }
  } catch {
    // Hung up on in the middle of it, as it should be.
  }
  return sent
}

/** The content of the first frame that comes. */
export async function firstFrame(stream: Stream): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  let bytes = new Uint8Array(0)
  const timer = setTimeout(() => reject(new Error('no answer')), patienceMs)
  stream.addEventListener('message', ({ data }) => {
    bytes = new Uint8Array([...bytes, ...data.subarray()])
    const { length, offset } = prefixOf(bytes)
    if (offset > 0 && bytes.length >= offset + length) resolve(bytes.slice(offset, offset + length))
  })
  stream.addEventListener('close', () => reject(new Error('closed')))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}

function prefixOf(bytes: Uint8Array): { length: number; offset: number } {
  let length = 0
  for (const [index, byte] of bytes.entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return { length, offset: index + 1 }
  }
  return { length: 0, offset: 0 }
}
