import { max17048Registers } from '../sensors/max17048.ts'
import { steps, WordChip } from './chip.ts'

/** The cell that the gauge watches. */
export interface CellInput {
  volts: number
  chargeRatio: number
  /** Change of the charge per hour, positive while charging. */
  ratioPerHour: number
}

/** MAX17048 (19-6171, table 2): what it shows of a cell. It learns nothing: the charge is given. */
export class SimulatedMax17048 extends WordChip {
  readonly #input: CellInput

  constructor(input: CellInput) {
    super()
    this.#input = input
  }

  protected reset(): void {
    // What it shows is the cell's, and nothing that can be configured is modelled.
  }

  protected readWord(register: number): number {
    const { volts, chargeRatio, ratioPerHour } = this.#input
    switch (register) {
      case max17048Registers.voltage:
        return steps(volts, 78.125e-6, 0, 0xffff)
      case max17048Registers.charge:
        return steps(chargeRatio, 1 / 25_600, 0, 0xffff)
      case max17048Registers.version:
        return 0x0012
      case max17048Registers.rate:
        return steps(ratioPerHour, 0.002_08, -0x8000, 0x7fff) & 0xffff
      default:
        return 0
    }
  }

  protected writeWord(): void {
    // As above.
  }
}
