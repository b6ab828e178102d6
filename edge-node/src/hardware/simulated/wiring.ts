import type { Clock } from '@wrale/kernel'
import type { SimulatedFault } from '@wrale/protocol/config'
import type { LineDriver, LineHandle } from '../gpio/driver.ts'
import type { Absence, Level } from '../gpio/gpio.ts'
import type { LineSettings } from '../gpio/settings.ts'
import { SimulatedLines } from '../gpio/simulated/lines.ts'
import type { Voltage } from '../gpio/simulated/pin.ts'
import type { SimulatedWorld } from './world.ts'

/** What the world does to inputs, by their names: the line is `on` while the fault is there. */
const wired: Readonly<Partial<Record<string, SimulatedFault>>> = { 'case-switch': 'case-open', motion: 'motion' }

/** The lines of the simulated board. The sensors of its case are wired to the lines with their names, whatever pins those have. */
export class SimulatedWiring implements LineDriver {
  readonly simulated = true
  readonly #world: SimulatedWorld
  readonly #pins: SimulatedLines
  readonly #known = new Map<string, LineSettings>()

  constructor(deps: { readonly clock: Clock; readonly world: SimulatedWorld }) {
    this.#world = deps.world
    this.#pins = new SimulatedLines({ clock: deps.clock })
    deps.world.faultsChanged.subscribe((faults) => {
      for (const line of this.#known.values()) this.#drive(line, faults)
    })
  }

  open(line: LineSettings, drive: Level | 'keep'): LineHandle | Absence {
    const handle = this.#pins.open(line, drive)
    if ('reason' in handle) return handle
    this.#known.set(line.name, line)
    this.#drive(line, this.#world.faults)
    return handle
  }

  /** Voltage at the pin of each line that was opened, by name. */
  voltages(): Readonly<Record<string, Voltage>> {
    return Object.fromEntries([...this.#known.values()].map((line) => [line.name, this.#pins.pin(line).voltage]))
  }

  #drive(line: LineSettings, faults: ReadonlySet<SimulatedFault>): void {
    const fault = wired[line.name]
    if (fault === undefined || line.direction !== 'in') return
    this.#pins.pin(line).drive(faults.has(fault) === line.activeLow ? 'low' : 'high')
  }
}
