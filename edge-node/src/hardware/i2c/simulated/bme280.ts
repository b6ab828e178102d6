import {
  type Bme280Trimming,
  celsiusOf,
  compensateHumidity,
  compensatePressure,
  fineTemperature,
  trimmingBlocks,
} from '../sensors/bme280-compensation.ts'
import { bme280Id, bme280Registers } from '../sensors/bme280.ts'
import { ByteChip } from './chip.ts'

/** The air around the sensor. */
export interface AirInput {
  celsius: number
  pascals: number
  humidityRatio: number
}

/** Trimming values of a plausible chip: temperature and pressure are those of Bosch's worked example (BMP280 datasheet, section 3.12). */
export const exampleTrimming: Bme280Trimming = {
  t1: 27_504,
  t2: 26_435,
  t3: -1000,
  p1: 36_477,
  p2: -10_685,
  p3: 3024,
  p4: 2855,
  p5: 140,
  p6: -7,
  p7: 15_500,
  p8: -14_600,
  p9: 6000,
  h1: 75,
  h2: 362,
  h3: 0,
  h4: 333,
  h5: 50,
  h6: 30,
}

/** The two blocks of registers that hold the trimming values (BST-BME280-DS002 table 16). */
export function encodeTrimming(trimming: Bme280Trimming): { readonly first: Uint8Array; readonly second: Uint8Array } {
  const first = new DataView(new ArrayBuffer(trimmingBlocks.first.length))
  const { t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9, h1, h2, h3, h4, h5, h6 } = trimming
  for (const [index, word] of [t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9].entries())
    first.setUint16(index * 2, word & 0xffff, true)
  first.setUint8(25, h1)
  const second = new DataView(new ArrayBuffer(trimmingBlocks.second.length))
  second.setInt16(0, h2, true)
  second.setUint8(2, h3)
  second.setInt8(3, h4 >> 4)
  second.setUint8(4, (h4 & 0x0f) | ((h5 & 0x0f) << 4))
  second.setInt8(5, h5 >> 4)
  second.setInt8(6, h6)
  return { first: new Uint8Array(first.buffer), second: new Uint8Array(second.buffer) }
}

/** The eight data registers that a chip with this trimming shows in this air: the compensation the other way round, by bisection. */
export function encodeBme280(air: AirInput, trimming: Bme280Trimming): Uint8Array {
  const rawTemperature = bisect(20, (raw) => celsiusOf(fineTemperature(raw, trimming)) >= air.celsius)
  const fine = fineTemperature(rawTemperature, trimming)
  // A higher raw value is a lower pressure.
  const rawPressure = bisect(20, (raw) => compensatePressure(raw, fine, trimming) <= air.pascals)
  const rawHumidity = bisect(16, (raw) => compensateHumidity(raw, fine, trimming) >= air.humidityRatio)
  return Uint8Array.of(
    rawPressure >> 12,
    (rawPressure >> 4) & 0xff,
    (rawPressure & 0x0f) << 4,
    rawTemperature >> 12,
    (rawTemperature >> 4) & 0xff,
    (rawTemperature & 0x0f) << 4,
    rawHumidity >> 8,
    rawHumidity & 0xff,
  )
}

/**
 * The lowest number of so many bits for which `isReached` holds; it stays true above. The one in the middle of the range is left to mean
 * that nothing was measured (sections 5.4.7 to 5.4.9).
 */
function bisect(bits: number, isReached: (raw: number) => boolean): number {
  let low = 0
  let high = 2 ** bits - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (isReached(middle)) high = middle
    else low = middle + 1
  }
  return low === 2 ** (bits - 1) ? low + 1 : low
}

/** BME280: it measures in normal mode only, and the humidity's setting counts from the next write of `ctrl_meas` (section 5.4.3). */
export class SimulatedBme280 extends ByteChip {
  readonly #air: AirInput
  readonly #trimming: Bme280Trimming
  readonly #written = new Map<number, number>()
  #measuresHumidity = false

  constructor(air: AirInput, trimming: Bme280Trimming = exampleTrimming) {
    super()
    this.#air = air
    this.#trimming = trimming
  }

  protected reset(): void {
    this.#written.clear()
    this.#measuresHumidity = false
  }

  protected readByte(register: number): number {
    const { first, second } = trimmingBlocks
    if (register >= first.register && register < first.register + first.length)
      return encodeTrimming(this.#trimming).first[register - first.register] ?? 0
    if (register >= second.register && register < second.register + second.length)
      return encodeTrimming(this.#trimming).second[register - second.register] ?? 0
    if (register === bme280Registers.id) return bme280Id
    if (register >= bme280Registers.data && register < bme280Registers.data + 8)
      return this.#data()[register - bme280Registers.data] ?? 0
    return this.#written.get(register) ?? 0
  }

  protected writeByte(register: number, value: number): void {
    if (register === 0xe0 && value === 0xb6) this.reset()
    if (register < bme280Registers.controlHumidity || register > bme280Registers.config) return
    this.#written.set(register, value)
    if (register === bme280Registers.controlMeasure)
      this.#measuresHumidity = ((this.#written.get(bme280Registers.controlHumidity) ?? 0) & 7) !== 0
  }

  #data(): Uint8Array {
    const measured = encodeBme280(this.#air, this.#trimming)
    const control = this.#written.get(bme280Registers.controlMeasure) ?? 0
    const isNormal = (control & 3) === 3
    // Sections 5.4.7 to 5.4.9: what is not measured shows these.
    if (!isNormal || (control & 0x1c) === 0) measured.set([0x80, 0, 0], 0)
    if (!isNormal || (control & 0xe0) === 0) measured.set([0x80, 0, 0], 3)
    if (!isNormal || !this.#measuresHumidity) measured.set([0x80, 0], 6)
    return measured
  }
}
