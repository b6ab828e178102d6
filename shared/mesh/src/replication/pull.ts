import { FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import {
  type Digest,
  hashDigest,
  syncAnswerSchema,
  type SyncFrame,
  syncFrameSchema,
  syncRequestSchema,
  syncSelectionSchema,
} from '@wrale/protocol/wire'
import type { FrameStream } from '../transport/transport.ts'
import type { ReplicaPort } from '../types.ts'
import { concernsParts, framesOf, isBehind, partHashes, requestFor, sameBytes, selectionFor } from './sync-frames.ts'

/** Frames of one answer; an answer that goes on is cut off, and the rest comes with the next pull. */
const maxFrames = 1024

export interface PullOptions {
  readonly from: PeerIdText
  /** Says that this member has got records which the other may lack. */
  readonly news: boolean
  /** A record was new here. */
  readonly onNew: (sealed: Uint8Array, ageMs: number) => void
}

/** The asker's side of a pull. @throws FleetError FRAME_INVALID, FRAME_TOO_LARGE for what is the other side's fault; any other of the stream's */
export async function pull(stream: FrameStream, replica: ReplicaPort, options: PullOptions): Promise<void> {
  const digest = replica.digest()
  const request = requestFor(digest)
  await stream.write(options.news ? { ...request, news: true } : request)
  if (request.have !== undefined) await stream.close()
  const answer = await stream.read(syncAnswerSchema)
  if (!('parts' in answer)) return take(answer, stream, replica, options)
  await stream.write(selectionFor(digest, answer.parts))
  await stream.close()
  return take(await stream.read(syncFrameSchema), stream, replica, options)
}

/** Takes frame after frame until the one with the marks, which hold when everything before them was taken. */
async function take(
  first: SyncFrame,
  stream: FrameStream,
  replica: ReplicaPort,
  { from, onNew }: PullOptions,
): Promise<void> {
  let frame = first
  for (let count = 0; count < maxFrames; count++) {
    for (const [ageMs, sealed] of frame.records) {
      const verdict = await replica.receive(sealed, { from, ageMs })
      if (verdict === 'rejected') throw new FleetError('FRAME_INVALID', 'a record that was pulled is not acceptable')
      if (verdict === 'new') onNew(sealed, ageMs)
    }
    if (frame.marks !== undefined) {
      replica.vouch(frame.marks, from)
      return
    }
    frame = await stream.read(syncFrameSchema)
  }
  throw new FleetError('FRAME_TOO_LARGE', `an answer of more than ${maxFrames} frames`)
}

/**
 * The answerer's side of a pull.
 * @param onNews the asker has news, and some of it is lacking here
 * @throws FleetError as `pull` does
 */
export async function answerPull(stream: FrameStream, replica: ReplicaPort, onNews: () => void): Promise<void> {
  const digest = replica.digest()
  const request = await stream.read(syncRequestSchema)
  const heed = (have: Digest): void => {
    if (request.news === true && isBehind(digest, have)) onNews()
  }
  let answer: ReturnType<ReplicaPort['missingFrom']> = { records: [], marks: {} }
  if (sameBytes(request.hash, hashDigest(digest))) {
    // In step: nothing is missing.
  } else if (request.have !== undefined) {
    heed(request.have)
    answer = replica.missingFrom(request.have)
  } else {
    await stream.write({ parts: partHashes(digest) })
    const { parts, have } = await stream.read(syncSelectionSchema)
    heed(have)
    answer = replica.missingFrom(have, concernsParts(parts))
  }
  for (const frame of framesOf(answer)) await stream.write(frame)
  await stream.close()
}
