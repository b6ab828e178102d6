import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { GpioSim } from '../testing/gpio-sim.ts'
import { type Bench, describeGpioConformance } from '../testing/gpio-conformance.ts'
import { LinuxLines } from './lines.ts'
import { loadOnoff, type OnoffClass, type OnoffLine, type OnoffOptions } from './onoff.ts'

const label = 'pinctrl-bcm2711'

/** How long the kernel may take to tell of a change before it counts as not telling, on an emulated processor. */
const toldLimitMs = 10_000

describeGpioConformance('the kernel', makeBench, ['dead', 'busy'])

function makeBench(): Bench {
  const { Gpio, told, forget } = listenedTo(loadOnoff())
  const sim = new GpioSim('header', { label, lines: 58 })
  let holder: number | undefined
  return {
    driver: () => new LinuxLines({ loadGpio: () => Gpio }),
    async drive(pin, voltage) {
      const isChange = sim.isPlugged && sim.voltage(pin) !== voltage
      const heard = isChange ? told(sim.base + pin) : undefined
      sim.pull(pin, voltage)
      await heard
    },
    voltage: (pin) => sim.voltage(pin),
    isOutput: (pin) => sim.info(pin).direction === 'output',
    inject(pin, fault) {
      if (fault === 'dead') sim.unplug()
      else holder = hold(sim, pin)
    },
    mend(pin) {
      if (!sim.isPlugged) sim.plug()
      if (holder !== undefined) process.kill(holder)
      holder = undefined
      while (sim.info(pin).isUsed) continue
    },
    crash: forget,
    dispose() {
      if (holder !== undefined) process.kill(holder)
      forget()
      sim.remove()
    },
  }
}

/** Has libgpiod's `gpioset` hold a line, as another program would. */
function hold(sim: GpioSim, pin: number): number {
  execFileSync('gpioset', ['--background', '--mode=signal', sim.chip, `${pin}=0`], { stdio: 'ignore' })
  const holder = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && commandOf(entry).includes(`${pin}=0`))
  if (holder === undefined) throw new Error('gpioset went away')
  return Number(holder)
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** The package's class, with word of what its lines are told. */
function listenedTo(Gpio: OnoffClass) {
  const watched = new Map<Listened, number>()
  const waiting = new Map<number, () => void>()

  class Listened extends Gpio {
    readonly #number: number

    constructor(number: number, direction: 'in' | 'high' | 'low', edge: undefined, options: OnoffOptions) {
      super(number, direction, edge, options)
      this.#number = number
    }

    override watch(callback: Parameters<OnoffLine['watch']>[0]): void {
      watched.set(this, this.#number)
      super.watch((error, value) => {
        callback(error, value)
        waiting.get(this.#number)?.()
      })
    }

    override unwatchAll(): void {
      watched.delete(this)
      super.unwatchAll()
    }
  }

  /** The next call for the line, if anybody listens. */
  async function told(number: number): Promise<void> {
    if (![...watched.values()].includes(number)) return
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`nobody was told of line ${number}`)), toldLimitMs)
      waiting.set(number, () => {
        clearTimeout(limit)
        waiting.delete(number)
        resolve()
      })
    })
  }

  /** What ends with a process: nobody listens any more, and the kernel keeps what was exported. */
  function forget(): void {
    for (const line of watched.keys()) line.unwatchAll()
  }

  return { Gpio: Listened, told, forget }
}
