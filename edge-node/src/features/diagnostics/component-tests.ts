import { type DiagResult, type HardwareView, quantityWords, shownUnit } from '@wrale/protocol/node'
import type { Observation } from '../telemetry/telemetry.ts'

export type Finding = Pick<DiagResult, 'status' | 'reading' | 'expected' | 'detail'>

/** What tests look at, and act with. */
export interface TestContext {
  hardware(): Promise<HardwareView>
  /** The newest sample; undefined before there is one. */
  observation(): Observation | undefined
  /**
   * Has the fan turn at `duty` or above until it is called back. Undefined where there is no fan.
   * @throws FleetError when somebody else has the fan
   */
  readonly spinFan?: (duty: number) => () => void
  /** Writes, reads back and compares; bytes a second. @throws what the disk answers */
  writeTest(signal: AbortSignal): Promise<{ readonly bytesPerSecond: number; readonly isEqual: boolean }>
  /** Puts the machine under full load until it is called back. */
  load(): () => Promise<void>
  /** Members that the node is linked to; undefined before it is a member. */
  links(): number | undefined
  wait(ms: number, signal: AbortSignal): Promise<void>
}

/** One part of a self-test. It may be run at any time, any number of times. */
export interface ComponentTest {
  readonly name: string
  readonly title: string
  /** Run only when load is asked for. */
  readonly load?: true
  /** After which it counts as failed, ms. */
  readonly deadlineMs: number
  run(context: TestContext, signal: AbortSignal): Promise<Finding | readonly Finding[]>
}

const skip = (detail: string): Finding => ({ status: 'skip', detail })

/** The firmware of a Raspberry Pi reports under-voltage below this; a supply within the USB range does not come near it. */
export const supplyVolts = { fail: 4.63, warn: 4.75, max: 5.25 } as const
const hotCelsius = { warn: 75, fail: 85 } as const
const fanTest = { duty: 0.8, rpm: 300, waitMs: 6000 } as const
/** A load test ends before the machine is in danger. */
export const loadLimits = { celsius: 82, volts: supplyVolts.fail, seconds: 60 } as const

function temperature(observation: Observation | undefined): Finding {
  const celsius = observation?.readings.temperatureCelsius
  const refused = observation?.refused.some(({ metric }) => metric === 'temperatureCelsius') === true
  if (refused) return { status: 'fail', detail: 'The sensor gives values that cannot be' }
  if (celsius === undefined) return skip('The machine has no temperature sensor')
  const expected = `below ${hotCelsius.warn} °C`
  const status = celsius >= hotCelsius.fail ? 'fail' : celsius >= hotCelsius.warn ? 'warn' : 'pass'
  const detail = status === 'pass' ? 'The processor is cool enough' : 'The processor is hot'
  return { status, reading: `${celsius.toFixed(1)} °C`, expected, detail }
}

async function fan(context: TestContext, signal: AbortSignal): Promise<Finding> {
  if (context.spinFan === undefined) return skip('The machine has no fan that can be controlled')
  const giveBack = context.spinFan(fanTest.duty)
  try {
    await context.wait(fanTest.waitMs, signal)
  } finally {
    giveBack()
  }
  const rpm = context.observation()?.readings.fanRpm
  if (rpm === undefined) return skip('The fan’s speed is not measured')
  const turns = rpm >= fanTest.rpm
  return {
    status: turns ? 'pass' : 'fail',
    reading: `${Math.round(rpm)} rpm`,
    expected: `${fanTest.rpm} rpm or more at ${fanTest.duty * 100} % duty`,
    detail: turns
      ? 'The fan turns when it is asked to'
      : 'The fan does not turn: it is blocked, broken or not connected',
  }
}

function sensors({ sensors: all }: HardwareView): Finding[] {
  if (all.length === 0) return [skip('No sensors are configured')]
  return all.map(({ name, chip, readings }) => {
    const verdicts = Object.entries(readings)
    const unfit = verdicts.find(([, { verdict }]) => verdict.status !== 'ok')
    const who = `${name} (${chip})`
    if (verdicts.length === 0) return { status: 'fail', detail: `${who} was not read yet` }
    const reading = verdicts
      .flatMap(([quantity, { unit, verdict }]) =>
        verdict.status === 'ok' ? [`${quantityWords(quantity)} ${valueText(unit, verdict.value)}`] : [],
      )
      .join(', ')
      .slice(0, 200)
    if (unfit === undefined)
      return { status: 'pass', reading, expected: 'an answer that can be', detail: `${who} answers` }
    const [quantity, { verdict }] = unfit
    const why = verdict.status === 'ok' ? '' : verdict.reason
    return {
      status: 'fail',
      reading: verdict.status,
      expected: 'an answer that can be',
      detail: `${who}: ${quantity} is ${verdict.status}: ${why}`,
    }
  })
}

function valueText(unit: string, value: number): string {
  const { factor, sign } = shownUnit(unit)
  return `${Number((value * factor).toFixed(2))} ${sign}`.trimEnd()
}

function buses({ buses: all }: HardwareView): Finding[] {
  if (all.length === 0) return [skip('No bus is used')]
  return all.map(({ name, condition, reason }) => ({
    status: condition === 'ok' ? 'pass' : condition === 'unknown' ? 'skip' : 'fail',
    reading: condition,
    expected: 'ok',
    detail: reason === undefined ? `${name} is ${condition}` : `${name}: ${reason}`,
  }))
}

function lines({ lines: all }: HardwareView): Finding {
  if (all.length === 0) return skip('No lines are configured')
  const absent = all.filter(({ state }) => state !== 'present')
  const missing = absent.map(({ name, absence }) => `${name}${absence === undefined ? '' : ` (${absence.reason})`}`)
  return {
    status: absent.length === 0 ? 'pass' : 'fail',
    reading: `${all.length - absent.length} of ${all.length}`,
    expected: 'all are there',
    detail: absent.length === 0 ? 'Every line can be reached' : `Absent: ${missing.join(', ')}`.slice(0, 400),
  }
}

function supply({ power: { supplyVolts: volts } }: HardwareView): Finding {
  if (volts === undefined) return skip('The supply voltage is not measured')
  const status =
    volts < supplyVolts.fail ? 'fail' : volts < supplyVolts.warn || volts > supplyVolts.max ? 'warn' : 'pass'
  return {
    status,
    reading: `${volts.toFixed(2)} V`,
    expected: `${supplyVolts.warn} to ${supplyVolts.max} V`,
    detail: status === 'pass' ? 'The supply is good' : 'Look at the supply and its cable',
  }
}

function firmware({ power: { alarms } }: HardwareView): Finding {
  const names = Object.keys(alarms)
  if (names.length === 0) return skip('The firmware reports nothing')
  const now = names.filter((name) => alarms[name] === true && !name.endsWith('SinceBoot'))
  const before = names.filter((name) => alarms[name] === true && name.endsWith('SinceBoot'))
  const status = now.length > 0 ? 'fail' : before.length > 0 ? 'warn' : 'pass'
  const reading = [...now, ...before].join(', ') || 'none'
  const detail = {
    pass: 'Nothing since the machine started',
    warn: 'It happened since the machine started',
    fail: 'It happens now',
  }
  return { status, reading, expected: 'none', detail: detail[status] }
}

function battery({ power: { batteryRatio } }: HardwareView): Finding {
  if (batteryRatio === undefined) return skip('The machine has no battery that tells its charge')
  const status = batteryRatio < 0.1 ? 'fail' : batteryRatio < 0.3 ? 'warn' : 'pass'
  const detail = status === 'pass' ? 'The battery has charge' : 'The battery will not last long'
  return { status, reading: `${Math.round(batteryRatio * 100)} %`, expected: '30 % or more', detail }
}

async function storage(context: TestContext, signal: AbortSignal): Promise<Finding> {
  const expected = 'what was written is read'
  try {
    const { bytesPerSecond, isEqual } = await context.writeTest(signal)
    const reading = `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`
    return isEqual
      ? { status: 'pass', reading, expected, detail: 'The storage takes what is written, and gives it back' }
      : { status: 'fail', reading, expected, detail: 'The storage gives back something else than was written' }
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof Error ? error.message : String(error)
    return { status: 'fail', expected, detail: `It cannot be written to: ${why}`.slice(0, 400) }
  }
}

function room(observation: Observation | undefined): Finding {
  const { diskUsedBytes: used, diskTotalBytes: total } = observation?.readings ?? {}
  if (used === undefined || total === undefined || total === 0) return skip('The room is not known')
  const free = 1 - used / total
  const status = free < 0.05 ? 'fail' : free < 0.15 ? 'warn' : 'pass'
  const detail = status === 'pass' ? 'There is room' : 'The storage is nearly full'
  return { status, reading: `${Math.round(free * 100)} % free`, expected: '15 % or more', detail }
}

function memory(observation: Observation | undefined): Finding {
  const { memoryUsedBytes: used, memoryTotalBytes: total } = observation?.readings ?? {}
  if (used === undefined || total === undefined || total === 0) return skip('The memory is not known')
  const free = 1 - used / total
  const status = free < 0.05 ? 'fail' : free < 0.15 ? 'warn' : 'pass'
  const detail = status === 'pass' ? 'There is memory left' : 'Little memory is left'
  return { status, reading: `${Math.round(free * 100)} % free`, expected: '15 % or more', detail }
}

function clock({ clock: facts }: HardwareView): Finding {
  if (facts === null) return skip('It is not known where the time comes from')
  const status = facts.source === 'none' ? 'warn' : 'pass'
  const detail =
    status === 'pass'
      ? `The time comes from ${facts.by ?? facts.source}`
      : 'Nothing sets the clock: the fleet’s time is used'
  return { status, reading: facts.source, expected: 'ntp or rtc', detail }
}

function watchdog({ watchdog: dog }: HardwareView): Finding {
  if (dog === null) return skip('The machine has no watchdog')
  if (dog.condition === 'closed') return skip('The watchdog is not used by this daemon')
  const status = dog.condition === 'armed' ? 'pass' : 'fail'
  return { status, reading: dog.condition, expected: 'armed', detail: dog.failure ?? 'The watchdog is fed' }
}

async function underLoad(context: TestContext, signal: AbortSignal): Promise<Finding> {
  const first = context.observation()?.readings.temperatureCelsius
  const release = context.load()
  let peak = first ?? Number.NEGATIVE_INFINITY
  let lowest = Number.POSITIVE_INFINITY
  const stopped = (): string | undefined => {
    const { readings, alarms } = context.observation() ?? { readings: {}, alarms: undefined }
    peak = Math.max(peak, readings.temperatureCelsius ?? peak)
    lowest = Math.min(lowest, readings.supplyVolts ?? lowest)
    if (peak >= loadLimits.celsius) return `it reached ${peak.toFixed(1)} °C`
    if (lowest < loadLimits.volts) return `the supply fell to ${lowest.toFixed(2)} V`
    if (alarms?.throttled === true) return 'the processor slowed itself down'
    return alarms?.underVoltage === true ? 'the firmware saw under-voltage' : undefined
  }
  let why: string | undefined
  try {
    for (let second = 0; second < loadLimits.seconds && why === undefined; second++) {
      await context.wait(1000, signal)
      why = stopped()
    }
  } finally {
    await release()
  }
  const expected = `${loadLimits.seconds} s below ${loadLimits.celsius} °C, above ${loadLimits.volts} V`
  const volts = Number.isFinite(lowest) ? `, ${lowest.toFixed(2)} V at least` : ''
  const rise = first === undefined ? '' : ` (+${(peak - first).toFixed(1)} K)`
  const reading = Number.isFinite(peak) ? `${peak.toFixed(1)} °C${rise}${volts}` : `no temperature${volts}`
  return why === undefined
    ? { status: 'pass', reading, expected, detail: 'The machine bears full load' }
    : { status: 'fail', reading, expected, detail: `The load was taken off: ${why}` }
}

const ofHardware =
  (find: (view: HardwareView) => Finding | readonly Finding[]): ComponentTest['run'] =>
  async (context) =>
    find(await context.hardware())
const ofSample =
  (find: (observation: Observation | undefined) => Finding): ComponentTest['run'] =>
  async (context) =>
    find(context.observation())
const usualMs = 10_000

/** In the order in which they are run. The load comes last: it changes what the others measure. */
export const componentTests: readonly ComponentTest[] = [
  { name: 'temperature', title: 'Temperature', deadlineMs: usualMs, run: ofSample(temperature) },
  { name: 'supply', title: 'Supply voltage', deadlineMs: usualMs, run: ofHardware(supply) },
  { name: 'firmware', title: 'Alarms of the firmware', deadlineMs: usualMs, run: ofHardware(firmware) },
  { name: 'battery', title: 'Battery', deadlineMs: usualMs, run: ofHardware(battery) },
  { name: 'memory', title: 'Memory', deadlineMs: usualMs, run: ofSample(memory) },
  { name: 'room', title: 'Room on the storage', deadlineMs: usualMs, run: ofSample(room) },
  { name: 'storage', title: 'Writing to the storage', deadlineMs: 30_000, run: storage },
  { name: 'lines', title: 'GPIO lines', deadlineMs: usualMs, run: ofHardware(lines) },
  { name: 'buses', title: 'I2C buses', deadlineMs: usualMs, run: ofHardware(buses) },
  { name: 'sensors', title: 'Sensors', deadlineMs: usualMs, run: ofHardware(sensors) },
  { name: 'clock', title: 'Where the time comes from', deadlineMs: usualMs, run: ofHardware(clock) },
  { name: 'watchdog', title: 'Watchdog', deadlineMs: usualMs, run: ofHardware(watchdog) },
  {
    name: 'links',
    title: 'Links to the fleet',
    deadlineMs: usualMs,
    run: async (context) => {
      const links = context.links()
      if (links === undefined) return skip('The node is in no fleet')
      const detail = links > 0 ? 'The node is linked to its fleet' : 'The node sees nobody of its fleet'
      return { status: links > 0 ? 'pass' : 'warn', reading: String(links), expected: '1 or more', detail }
    },
  },
  { name: 'fan', title: 'Fan', deadlineMs: fanTest.waitMs + usualMs, run: fan },
  { name: 'load', title: 'Full load', load: true, deadlineMs: (loadLimits.seconds + 30) * 1000, run: underLoad },
]
