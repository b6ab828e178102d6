import { type Clock, FleetError, toFleetError } from '@wrale/kernel'
import { describeIssues, type PeerIdText } from '@wrale/protocol'
import { errorOfRefusal, refusalOf, refusalSchema } from '@wrale/protocol/wire'
import { z } from 'zod'
import { withDeadline } from './deadline.ts'
import type { FrameStream, Link, Transport } from './transport/transport.ts'

const defaultMaxBytes = 64 * 1024
const defaultDeadlineMs = 10_000
const defaultMaxAtOnce = 32

const answerSchema = z.union([refusalSchema, z.object({ ok: z.unknown() })])

export interface CallOptions<S extends z.ZodType> {
  /** What an answer must look like. */
  readonly answer: S
  /** In which the answer must be there, ms. Default 10,000. */
  readonly deadlineMs?: number
  /** Gives the request up; whoever answers it learns so. */
  readonly signal?: AbortSignal
  /** Longest request and longest answer, bytes. Default 65,536. */
  readonly maxBytes?: number
}

export interface AnswerOptions<S extends z.ZodType> {
  /** What a request must look like. */
  readonly request: S
  /**
   * Answers; what it throws is told to the asker as code and message, except for what is INTERNAL.
   * @param signal aborts when the asker has given up or is gone, and when the time is up
   */
  readonly handler: (request: z.output<S>, link: Link, signal: AbortSignal) => Promise<unknown>
  /** In which the request must have come and been answered, ms. Default 10,000. */
  readonly deadlineMs?: number
  /** Longest request and longest answer, bytes. Default 65,536. */
  readonly maxBytes?: number
  /** Requests of one peer that are answered at once. Default 4. */
  readonly maxPerPeer?: number
  /** Requests of all peers that are answered at once; further ones are refused with RATE_LIMITED. Default 32. */
  readonly maxAtOnce?: number
}

export interface RequestsDeps {
  readonly transport: Pick<Transport, 'handle'>
  readonly clock: Clock
  /** Told of requests that are not what they should be. */
  readonly conduct: { offence(peer: PeerIdText, kind: string, error: FleetError): void }
}

/** Questions to members and answers to theirs: each is a stream of its own, with one frame each way. */
export class Requests {
  readonly #deps: RequestsDeps

  constructor(deps: RequestsDeps) {
    this.#deps = deps
  }

  /**
   * Asks a member.
   * @throws FleetError of the other side's refusal; PROTOCOL_MISMATCH when it does not know such requests; FRAME_INVALID, FRAME_TOO_LARGE for its
   * answer; TOO_LARGE for the request; TIMEOUT, UNAVAILABLE, or the reason of the signal
   */
  async call<S extends z.ZodType>(
    link: Link,
    protocol: string,
    request: unknown,
    options: CallOptions<S>,
  ): Promise<z.output<S>> {
    const { deadlineMs = defaultDeadlineMs, maxBytes = defaultMaxBytes } = options
    let stream: FrameStream | undefined
    try {
      return await withDeadline(this.#deps.clock, deadlineMs, options.signal, async (signal) => {
        stream = await link.open(protocol, { maxBytes, signal })
        await stream.write(request)
        const answer = await stream.read(answerSchema)
        await stream.close()
        if ('refused' in answer) throw errorOfRefusal(answer)
        const parsed = options.answer.safeParse(answer.ok)
        if (!parsed.success) throw new FleetError('FRAME_INVALID', describeIssues(parsed.error))
        return parsed.data
      })
    } catch (thrown) {
      const error = toFleetError(thrown, 'UNAVAILABLE')
      stream?.abort(error)
      throw error
    }
  }

  /** Answers requests from now on. Call before the transport starts. */
  answer<S extends z.ZodType>(protocol: string, options: AnswerOptions<S>): void {
    const { maxAtOnce = defaultMaxAtOnce } = options
    let underWay = 0
    this.#deps.transport.handle(protocol, {
      maxBytes: options.maxBytes ?? defaultMaxBytes,
      maxStreams: options.maxPerPeer ?? 4,
      serve: async (stream, link, ending) => {
        underWay++
        try {
          if (underWay > maxAtOnce) throw new FleetError('RATE_LIMITED', 'too many requests at once')
          await stream.write({ ok: await this.#handle(stream, link, ending, options) })
        } catch (error) {
          await this.#refuse(stream, link, toFleetError(error))
        } finally {
          underWay--
        }
      },
    })
  }

  async #handle<S extends z.ZodType>(
    stream: FrameStream,
    link: Link,
    ending: AbortSignal,
    { request: schema, handler, deadlineMs = defaultDeadlineMs }: AnswerOptions<S>,
  ): Promise<unknown> {
    return withDeadline(this.#deps.clock, deadlineMs, ending, async (signal) => {
      const request = await unlessAborted(stream.read(schema), signal)
      const asker = new AbortController()
      // The asker says nothing more until it has its answer: the read ends when it gives up.
      stream.read(z.never()).catch((error: unknown) => asker.abort(toFleetError(error, 'UNAVAILABLE')))
      const either = AbortSignal.any([signal, asker.signal])
      return unlessAborted(handler(request, link, either), either)
    })
  }

  /** Telling why is a courtesy; the asker may be gone. What is not meant for others stays here. */
  async #refuse(stream: FrameStream, link: Link, error: FleetError): Promise<void> {
    if (error.code === 'FRAME_INVALID' || error.code === 'FRAME_TOO_LARGE')
      this.#deps.conduct.offence(link.id, 'request-rejected', error)
    const told = error.code === 'INTERNAL' ? new FleetError('INTERNAL', 'the other side failed') : error
    await stream.write(refusalOf(told)).catch(() => undefined)
  }
}

/** The promise, or the reason of the signal when that aborts first; what is under way then comes to nothing. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(toFleetError(signal.reason, 'ABORTED'))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
