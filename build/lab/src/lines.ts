import { FleetError } from '@wrale/kernel'
import type { Readable } from 'node:stream'

export type LineStream = 'stdout' | 'stderr'

/** One line that a process printed. */
export interface LabLine {
  /** Counts all lines of the process, from 0, both streams together, in the order in which they arrived. */
  readonly seq: number
  readonly stream: LineStream
  /** Without its line end. */
  readonly text: string
  /** Wall clock of the test process, ms since the epoch. */
  readonly at: number
}

export type LineMatch = string | RegExp | ((text: string, line: LabLine) => boolean)

export interface WaitForLineOptions {
  /** Longest wait, ms; default 10 000. */
  readonly timeoutMs?: number
  /** Only lines of this stream; default both. */
  readonly stream?: LineStream
  /** Only lines after this one, so that an old line does not answer for a new event; default all lines that are kept. */
  readonly after?: LabLine
}

export interface LineLogLimits {
  /** Lines kept; default 2000. */
  readonly lines?: number
  /** Characters of one line; the rest of a longer line is cut off. Default 64 Ki. */
  readonly lineLength?: number
  /** Characters of all kept lines; default 4 Mi. */
  readonly characters?: number
}

const lineLengthOfMessages = 300
const linesOfMessages = 20

/** The last lines of a process's output, kept within bounds, that tests wait on and that failures quote. */
export class LineLog {
  readonly #limits: Required<LineLogLimits>
  readonly #partial: Record<LineStream, string> = { stdout: '', stderr: '' }
  readonly #wakers = new Set<() => void>()
  #kept: LabLine[] = []
  #characters = 0
  #nextSeq = 0
  #open = 0
  #ended = false

  constructor(limits: LineLogLimits = {}) {
    this.#limits = { lines: 2000, lineLength: 64 * 1024, characters: 4 * 1024 * 1024, ...limits }
  }

  /** Kept lines, oldest first. */
  get lines(): readonly LabLine[] {
    return this.#kept
  }

  /** Newest line so far, to wait for something after it. */
  get last(): LabLine | undefined {
    return this.#kept.at(-1)
  }

  /** Follows a stream to its end. */
  follow(stream: LineStream, source: Readable): void {
    this.#open += 1
    source.setEncoding('utf8')
    source.on('data', (text: string) => this.#append(stream, text))
    source.on('error', () => undefined)
    source.once('close', () => {
      this.#flush(stream)
      this.#open -= 1
      if (this.#open === 0) this.end()
    })
  }

  /** No line will follow: waiters fail, iterators end. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  /**
   * The first line that matches, kept or yet to come. TIMEOUT when none came in time, NOT_RUNNING when the output ended
   * without one; both messages quote the last lines. `who` names the process in them.
   */
  async waitFor(who: string, match: LineMatch, options: WaitForLineOptions = {}): Promise<LabLine> {
    const { timeoutMs = 10_000, stream, after } = options
    const deadline = AbortSignal.timeout(timeoutMs)
    for await (const line of this.iterate(stream, after, deadline)) if (matches(match, line)) return line
    const wanted = typeof match === 'function' ? 'the line waited for' : `a line like ${String(match)}`
    throw this.#ended
      ? new FleetError('NOT_RUNNING', `${who} ended without ${wanted}${this.quote()}`)
      : new FleetError('TIMEOUT', `${who} has not printed ${wanted} within ${timeoutMs} ms${this.quote()}`, {
          timeoutMs,
        })
  }

  /**
   * Kept lines after `after` and then new ones, until the output ends or `signal` aborts. A reader too slow for the bounds
   * misses the oldest lines, which shows as a gap in `seq`.
   */
  async *iterate(stream?: LineStream, after?: LabLine, signal?: AbortSignal): AsyncGenerator<LabLine, void, undefined> {
    let next = after === undefined ? 0 : after.seq + 1
    for (;;) {
      // The position is found anew for each line: lines may have been dropped while the reader was away.
      const line = this.#kept[Math.max(0, next - (this.#kept[0]?.seq ?? 0))]
      if (line !== undefined) {
        next = line.seq + 1
        if (stream === undefined || line.stream === stream) yield line
      } else if (this.#ended || signal?.aborted === true) {
        return
      } else {
        await this.#change(signal)
      }
    }
  }

  /** The last lines as the tail of an error message. */
  quote(): string {
    const tail = this.#kept.slice(-linesOfMessages)
    if (tail.length === 0) return '; it printed nothing'
    const texts = tail.map((line) => `  ${line.stream}: ${line.text.slice(0, lineLengthOfMessages)}`)
    return `; its last lines:\n${texts.join('\n')}`
  }

  #append(stream: LineStream, text: string): void {
    const pieces = text.split('\n')
    const rest = pieces.pop() ?? ''
    for (const piece of pieces) {
      this.#add(stream, this.#partial[stream] + piece)
      this.#partial[stream] = ''
    }
    this.#partial[stream] = (this.#partial[stream] + rest).slice(0, this.#limits.lineLength)
    this.#wake()
  }

  #flush(stream: LineStream): void {
    if (this.#partial[stream] !== '') this.#add(stream, this.#partial[stream])
    this.#partial[stream] = ''
    this.#wake()
  }

  #add(stream: LineStream, raw: string): void {
    const text = raw.replace(/\r$/, '').slice(0, this.#limits.lineLength)
    this.#kept.push({ seq: this.#nextSeq, stream, text, at: Date.now() })
    this.#nextSeq += 1
    this.#characters += text.length
    while (this.#kept.length > this.#limits.lines || this.#characters > this.#limits.characters)
      this.#characters -= this.#kept.shift()?.text.length ?? 0
  }

  async #change(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => resolve()
    this.#wakers.add(wake)
    signal?.addEventListener('abort', wake, { once: true })
    await promise
    this.#wakers.delete(wake)
    signal?.removeEventListener('abort', wake)
  }

  #wake(): void {
    for (const wake of this.#wakers) wake()
  }
}

function matches(match: LineMatch, line: LabLine): boolean {
  if (typeof match === 'string') return line.text.includes(match)
  if (typeof match === 'function') return match(line.text, line)
  return new RegExp(match.source, match.flags.replace(/[gy]/g, '')).test(line.text)
}
