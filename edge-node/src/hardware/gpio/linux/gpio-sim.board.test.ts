import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { silentLogger, systemClock } from '@wrale/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GpioLines } from '../lines.ts'
import { linesSchema } from '../settings.ts'
import type { Voltage } from '../simulated/pin.ts'
import { GpioSim } from '../testing/gpio-sim.ts'
import { type Bench, describeGpioConformance } from '../testing/gpio-conformance.ts'
import { LinuxLines } from './lines.ts'
import { loadOnoff, type OnoffClass, type OnoffLine, type OnoffOptions } from './onoff.ts'

const label = 'pinctrl-bcm2711'

/** How long the kernel may take to tell of a change before it counts as not telling, on an emulated processor. */
const toldLimitMs = 10_000
const poll = { timeout: toldLimitMs, interval: 5 }

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
      for (let tries = 0; sim.info(pin).isUsed; tries++) if (tries === 100) throw new Error('the line is still held')
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

describe('lines of the kernel, as libgpiod sees them', () => {
  let sim: GpioSim
  let gpio: GpioLines | undefined

  beforeEach(() => {
    sim = new GpioSim('header', { label, lines: 58 })
  })
  afterEach(async () => {
    await gpio?.stop()
    sim.remove()
  })

  function open(...lines: readonly object[]): GpioLines {
    const parsed = linesSchema.parse(lines)
    gpio = new GpioLines({ driver: new LinuxLines(), clock: systemClock, logger: silentLogger }, { lines: parsed })
    return gpio
  }

  it('reads what gpioget reads', async () => {
    const lines = open(
      { name: 'door', pin: 17, direction: 'in' },
      { name: 'lid', pin: 22, direction: 'in', activeLow: true },
    )
    for (const voltage of ['high', 'low'] as const) {
      for (const pin of [17, 22]) sim.pull(pin, voltage)
      const witness = execFileSync('gpioget', [sim.chip, '17', '22'], { encoding: 'utf8' }).trim()
      expect(witness).toBe(voltage === 'high' ? '1 1' : '0 0')
      await lines.start()
      expect(lines.read('door').level).toBe(voltage === 'high' ? 'on' : 'off')
      expect(lines.read('lid').level).toBe(voltage === 'high' ? 'off' : 'on')
      await lines.stop()
    }
  })

  it('says that the kernel lets nobody set a pull this way', async () => {
    const lines = open({ name: 'door', pin: 17, direction: 'in', pull: 'up' })
    await lines.start()
    expect(lines.lines()).toMatchObject([{ state: 'present', pull: 'unsupported' }])
  })

  it('tells the edges of several lines in the order in which gpiomon does', async () => {
    const twin = new Map([
      [17, 5],
      [27, 6],
    ])
    const lines = open({ name: 'line-17', pin: 17, direction: 'in' }, { name: 'line-27', pin: 27, direction: 'in' })
    await lines.start()
    const told: string[] = []
    const watches = [17, 27].map((pin) => {
      const watch = lines.watch(`line-${pin}`)
      watch.arrived.subscribe(() => {
        for (const { kind } of watch.take()) told.push(`${twin.get(pin)} ${kind === 'rising' ? 1 : 0}`)
      })
      return watch
    })
    const changes = [17, 27, 17, 17, 27, 27, 17, 27]
    const monitor = execFile('gpiomon', [`--num-events=${changes.length}`, '--format=%o %e', sim.chip, '5', '6'])
    const seen = text(monitor.stdout as Readable)
    await expect.poll(() => [5, 6].every((pin) => sim.info(pin).isUsed), poll).toBe(true)
    const levels = new Map<number, Voltage>()
    for (const [index, pin] of changes.entries()) {
      const voltage = levels.get(pin) === 'high' ? 'low' : 'high'
      levels.set(pin, voltage)
      sim.pull(twin.get(pin) ?? 0, voltage)
      sim.pull(pin, voltage)
      await expect.poll(() => told.length, poll).toBe(index + 1)
    }
    expect(told).toEqual((await seen).trim().split('\n'))
    expect(watches.map(({ overflow }) => overflow)).toEqual([0, 0])
  })

  it('makes safe what a killed process left driven', async () => {
    const line = { name: 'pump', pin: 23, direction: 'out', safe: 'off' }
    const number = sim.base + 23
    const loud = `const {Gpio}=require('onoff');new Gpio(${number},'high');process.kill(process.pid,'SIGKILL')`
    const cwd = process.env['BOARD_ROOT']
    expect(spawnSync(process.execPath, ['-e', loud], { cwd }).signal).toBe('SIGKILL')
    expect([sim.voltage(23), sim.info(23).direction]).toEqual(['high', 'output'])
    expect(open(line).applySafeStates()).toMatchObject([{ state: 'present' }])
    expect([sim.voltage(23), sim.info(23).direction]).toEqual(['low', 'output'])
  })
})
