import { FleetError } from '@wrale/kernel'

/**
 * Series of numbers as bytes. A chunk is a version and any number of series; a series is a code, its length in bytes, the number of its rows, and
 * its columns, the first of which are times. A column is a mode and its numbers:
 *
 * - whole numbers as differences, or as differences of differences for what comes at a steady rate, zigzag and LEB128 as in Protocol Buffers
 *   ("Encoding", varints and signed integers): a byte for a difference within ±63;
 * - anything else as IEEE 754 doubles, little-endian.
 */
export interface Series {
  /** 0 to 2^31 - 1. */
  readonly code: number
  /** Columns of one length. Any finite numbers in any order. */
  readonly columns: ReadonlyArray<Float64Array>
}

const version = 1
const modes = { differences: 0, secondDifferences: 1, doubles: 2 } as const
/** A difference of whole numbers below these bounds is exact in a double after zigzag. */
const differenceBound = 2 ** 51
const secondDifferenceBound = 2 ** 49
/** More rows than this are in no series, and no more columns. */
export const maxRows = 65_536
const maxColumns = 8
const maxCode = 2 ** 31 - 1

/** @throws RangeError for a series that has too many rows or columns, columns of several lengths, or what is not finite */
export function encodeChunk(all: readonly Series[]): Uint8Array {
  const out = new Writer()
  out.byte(version)
  for (const { code, columns } of all) {
    const body = new Writer()
    const rows = columns[0]?.length ?? 0
    if (rows > maxRows || columns.length > maxColumns || columns.some(({ length }) => length !== rows))
      throw new RangeError('a series does not fit')
    body.varint(rows)
    body.byte(columns.length)
    for (const [index, column] of columns.entries()) writeColumn(body, column, index === 0)
    out.varint(code)
    out.varint(body.length)
    out.bytes(body.done())
  }
  return out.done()
}

/**
 * @param wanted codes of the series to decode; the others are passed over. Default: all
 * @throws FleetError STATE_DAMAGED for bytes that `encodeChunk` did not write
 */
export function decodeChunk(bytes: Uint8Array, wanted?: ReadonlySet<number>): Series[] {
  const from = new Reader(bytes)
  if (from.byte() !== version) throw damaged('another version')
  const found: Series[] = []
  while (!from.ended) {
    const code = from.varint()
    if (code > maxCode) throw damaged('a code that is none')
    const body = from.part(from.varint())
    if (wanted !== undefined && !wanted.has(code)) continue
    const rows = body.varint()
    const count = body.byte()
    // No number takes less than a byte, so a small file never asks for much memory.
    if (rows > maxRows || count > maxColumns || rows * count > body.left) throw damaged('more rows than there can be')
    const columns = Array.from({ length: count }, () => readColumn(body, rows))
    if (!body.ended) throw damaged('more bytes than rows')
    found.push({ code, columns })
  }
  return found
}

function writeColumn(out: Writer, values: Float64Array, steady: boolean): void {
  const mode =
    isWhole(values, secondDifferenceBound) && steady
      ? modes.secondDifferences
      : isWhole(values, differenceBound)
        ? modes.differences
        : modes.doubles
  out.byte(mode)
  let last = 0
  let lastDifference = 0
  for (const value of values) {
    if (!Number.isFinite(value)) throw new RangeError('a value is not finite')
    if (mode === modes.doubles) {
      out.double(value)
      continue
    }
    const difference = value - last
    out.zigzag(mode === modes.differences ? difference : difference - lastDifference)
    last = value
    lastDifference = difference
  }
}

function readColumn(from: Reader, rows: number): Float64Array {
  const mode = from.byte()
  const values = new Float64Array(rows)
  let last = 0
  let difference = 0
  for (let row = 0; row < rows; row++) {
    if (mode === modes.doubles) last = from.double()
    else if (mode === modes.differences) last += from.zigzag()
    else if (mode === modes.secondDifferences) last += difference += from.zigzag()
    else throw damaged('an unknown mode')
    if (!Number.isFinite(last) || (mode !== modes.doubles && !Number.isSafeInteger(last)))
      throw damaged('a number that is none')
    values[row] = last
  }
  return values
}

function isWhole(values: Float64Array, bound: number): boolean {
  return values.every((value) => Number.isInteger(value) && Math.abs(value) <= bound && !Object.is(value, -0))
}

class Writer {
  #buffer = new Uint8Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  byte(value: number): void {
    this.#room(1)
    this.#buffer[this.#length++] = value
  }

  bytes(values: Uint8Array): void {
    this.#room(values.length)
    this.#buffer.set(values, this.#length)
    this.#length += values.length
  }

  double(value: number): void {
    this.#room(8)
    new DataView(this.#buffer.buffer).setFloat64(this.#length, value, true)
    this.#length += 8
  }

  /** Whole numbers from 0 to 2^53. Divided and not shifted, because shifts know 32 bits only. */
  varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.byte(rest)
  }

  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  done(): Uint8Array {
    return this.#buffer.slice(0, this.#length)
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + bytes))
    grown.set(this.#buffer)
    this.#buffer = grown
  }
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  get ended(): boolean {
    return this.left === 0
  }

  byte(): number {
    const value = this.#bytes[this.#at]
    if (value === undefined) throw damaged('it ends too early')
    this.#at++
    return value
  }

  part(length: number): Reader {
    if (length > this.left) throw damaged('it ends too early')
    const part = new Reader(this.#bytes.subarray(this.#at, this.#at + length))
    this.#at += length
    return part
  }

  double(): number {
    if (this.left < 8) throw damaged('it ends too early')
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }

  varint(): number {
    let value = 0
    for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.byte()
      value += (byte % 0x80) * factor
      if (byte < 0x80) return value
    }
    throw damaged('a number that does not end')
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}

function damaged(what: string): FleetError {
  return new FleetError('STATE_DAMAGED', `a chunk of the history cannot be read: ${what}`)
}
