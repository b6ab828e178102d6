/**
 * Bosch BME280, datasheet BST-BME280-DS002 (revision 1.6). Trimming values as the factory burnt them in (table 16), and the compensation with
 * double precision (appendix 8.1).
 */
export interface Bme280Trimming {
  readonly t1: number
  readonly t2: number
  readonly t3: number
  readonly p1: number
  readonly p2: number
  readonly p3: number
  readonly p4: number
  readonly p5: number
  readonly p6: number
  readonly p7: number
  readonly p8: number
  readonly p9: number
  readonly h1: number
  readonly h2: number
  readonly h3: number
  readonly h4: number
  readonly h5: number
  readonly h6: number
}

/** Registers 0x88 to 0xa1 and 0xe1 to 0xe7. */
export const trimmingBlocks = {
  first: { register: 0x88, length: 26 },
  second: { register: 0xe1, length: 7 },
} as const

/** Trimming values of the two blocks of registers (table 16; low byte first). */
export function decodeTrimming(first: Uint8Array, second: Uint8Array): Bme280Trimming {
  const a = new DataView(first.buffer, first.byteOffset, trimmingBlocks.first.length)
  const b = new DataView(second.buffer, second.byteOffset, trimmingBlocks.second.length)
  return {
    t1: a.getUint16(0, true),
    t2: a.getInt16(2, true),
    t3: a.getInt16(4, true),
    p1: a.getUint16(6, true),
    p2: a.getInt16(8, true),
    p3: a.getInt16(10, true),
    p4: a.getInt16(12, true),
    p5: a.getInt16(14, true),
    p6: a.getInt16(16, true),
    p7: a.getInt16(18, true),
    p8: a.getInt16(20, true),
    p9: a.getInt16(22, true),
    h1: a.getUint8(25),
    h2: b.getInt16(0, true),
    h3: b.getUint8(2),
    // Two numbers of 12 bits share the middle byte.
    h4: (b.getInt8(3) << 4) | (b.getUint8(4) & 0x0f),
    h5: (b.getInt8(5) << 4) | (b.getUint8(4) >> 4),
    h6: b.getInt8(6),
  }
}

/** Temperature in the fine scale that the other two need: 5,120 steps a kelvin. */
export function fineTemperature(raw: number, { t1, t2, t3 }: Bme280Trimming): number {
  const linear = (raw / 16_384 - t1 / 1024) * t2
  const square = (raw / 131_072 - t1 / 8192) ** 2 * t3
  return linear + square
}

/** Degrees Celsius of a fine temperature. */
export function celsiusOf(fine: number): number {
  return fine / 5120
}

/** Pascals of the 20-bit raw value; NaN for a chip whose trimming values are all zero. */
export function compensatePressure(raw: number, fine: number, trimming: Bme280Trimming): number {
  const { p1, p2, p3, p4, p5, p6, p7, p8, p9 } = trimming
  const base = fine / 2 - 64_000
  const offset = ((base * base * p6) / 32_768 + base * p5 * 2) / 4 + p4 * 65_536
  const slope = (1 + ((p3 * base * base) / 524_288 + p2 * base) / 524_288 / 32_768) * p1
  if (slope === 0) return Number.NaN
  const rough = ((1_048_576 - raw - offset / 4096) * 6250) / slope
  return rough + ((p9 * rough * rough) / 2_147_483_648 + (rough * p8) / 32_768 + p7) / 16
}

/** Relative humidity, 0 to 1, of the 16-bit raw value; the datasheet's formula cuts it off at both ends. */
export function compensateHumidity(raw: number, fine: number, trimming: Bme280Trimming): number {
  const { h1, h2, h3, h4, h5, h6 } = trimming
  const base = fine - 76_800
  const offset = h4 * 64 + (h5 / 16_384) * base
  const slope = (h2 / 65_536) * (1 + (h6 / 67_108_864) * base * (1 + (h3 / 67_108_864) * base))
  const linear = (raw - offset) * slope
  const percent = linear * (1 - (h1 * linear) / 524_288)
  return Math.min(100, Math.max(0, percent)) / 100
}
