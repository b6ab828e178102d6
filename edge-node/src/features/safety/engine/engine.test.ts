import { Emitter, silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../base/decision.ts'
import { parseSafetySettings } from '../settings.ts'
import type { ActuatorName, Actuators } from './actuators.ts'
import { SafetyEngine } from './engine.ts'
import { noInputs, sampleOf, type SafetySample, takeIn } from './sample.ts'

/** Notes every call; `before` may make it fail or hang. */
function actuatorsInto(
  calls: string[],
  before: (name: ActuatorName) => Promise<void> = () => Promise.resolve(),
): Required<Actuators> {
  const note = (name: ActuatorName) => async (value: unknown) => {
    const text = typeof value === 'object' && value !== null && 'code' in value ? value.code : value
    calls.push(`${name} ${String(text)}`)
    await before(name)
  }
  return {
    fan: { setDuty: note('fan') },
    cpu: { setLimit: note('cpu') },
    services: { keepFrom: note('services') },
    writes: { setMode: note('writes') },
    alarm: { set: note('alarm') },
    lock: { setLocked: note('lock') },
    lastGasp: { send: note('lastGasp') },
    power: { down: note('power') },
  }
}

async function engineWith(
  settings: object = {},
  before?: (name: ActuatorName) => Promise<void>,
  only?: Actuators,
  trustedWallMs: () => number | undefined = () => undefined,
) {
  const calls: string[] = []
  const clock = new VirtualClock()
  const sampled = new Emitter<SafetySample>()
  const actuators = only ?? actuatorsInto(calls, before)
  const engine = new SafetyEngine(
    { sampled, actuators, clock, trustedWallMs, logger: silentLogger },
    { settings: parseSafetySettings(settings) },
  )
  const decisions: Decision[] = []
  engine.decided.subscribe((made) => decisions.push(made))
  await engine.start()
  await engine.start()
  const measure = async (celsius: number, seconds = 1): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      const atMs = clock.monotonicMs()
      sampled.emit({ temperatures: [{ name: 'cpu', value: celsius, unit: 'celsius', atMs }] })
      // Actuators that answer at once do so before time goes on.
      await clock.advance(0)
      await clock.advance(1000)
    }
  }
  return { calls, clock, sampled, engine, decisions, measure }
}

describe('SafetyEngine', () => {
  it('sets everything once, then what changes only', async () => {
    const { calls, engine, measure } = await engineWith()
    await measure(40, 10)
    expect(calls.toSorted()).toEqual(
      ['alarm false', 'cpu 1', 'fan 0', 'lock false', 'services 0', 'writes usual'].toSorted(),
    )
    await measure(60)
    expect(calls.at(-1)).toMatch(/^fan 0\.[5-9]/)
    await engine.stop()
  })

  it('notices by itself that the readings have stopped', async () => {
    const { clock, decisions, engine, measure, calls } = await engineWith()
    await measure(40, 3)
    await clock.advance(12_000)
    expect(decisions.map(({ code }) => code)).toEqual(['thermal-blind', 'thermal-sensor-trust'])
    expect(calls.at(-1)).toBe('fan 1')
    await engine.stop()
  })

  it('sends the last gasp before anything else, and shuts down next', async () => {
    const { promise, resolve: sent } = Promise.withResolvers<void>()
    const { calls, clock, engine, measure, sampled } = await engineWith({}, (name) =>
      name === 'lastGasp' ? promise : Promise.resolve(),
    )
    await measure(40, 2)
    await measure(95)
    calls.length = 0
    const atMs = clock.monotonicMs()
    sampled.emit({ temperatures: [{ name: 'cpu', value: 95, unit: 'celsius', atMs }] })
    await clock.advance(100)
    expect(calls).toEqual(['lastGasp thermal-hard-limit'])
    sent()
    await clock.advance(0)
    expect(calls[1]).toBe('power thermal-hard-limit')
    expect(calls).toContain('services 80')
    await engine.stop()
  })

  it('tells of tampering first, whatever else there is to do', async () => {
    const { calls, clock, engine, sampled } = await engineWith({ tamper: { level: 'lock' } })
    sampled.emit({ tamper: { caseOpen: true } })
    await clock.advance(0)
    expect(calls[0]).toBe('lastGasp tamper-locked')
    expect(calls).toContain('lock true')
    await clock.advance(30_000)
    expect(calls.filter((call) => call.startsWith('lastGasp'))).toHaveLength(1)
    sampled.emit({ tamper: { caseOpen: false } })
    expect(engine.resetTamper('ada', 'seen on site').map(({ code }) => code)).toEqual(['tamper-reset'])
    await clock.advance(0)
    expect(calls).toContain('lock false')
    await engine.stop()
  })

  it('does not wait for ever for a last gasp', async () => {
    const never = new Promise<void>(() => undefined)
    const { calls, clock, decisions, engine, sampled } = await engineWith({ tamper: { level: 'lock' } }, (name) =>
      name === 'lastGasp' ? never : Promise.resolve(),
    )
    sampled.emit({ tamper: { caseOpen: true } })
    await clock.advance(900)
    expect(calls.every((call) => call.startsWith('lastGasp'))).toBe(true)
    await clock.advance(200)
    expect(calls).toContain('lock true')
    expect(decisions.map(({ code }) => code)).toContain('actuator-failed')
    await engine.stop()
  })

  it('is not held up by an actuator that hangs, and says that it does', async () => {
    const never = new Promise<void>(() => undefined)
    const { calls, decisions, engine, measure } = await engineWith({}, (name) =>
      name === 'services' ? never : Promise.resolve(),
    )
    await measure(86, 40)
    expect(calls).toContain('cpu 0.5')
    expect(calls).toContain('fan 1')
    await measure(95, 3)
    expect(calls).toContain('power thermal-hard-limit')
    const failures = decisions.filter(({ policy }) => policy === 'actuator')
    expect(failures.map(({ code, causes }) => [code, causes[0]?.value])).toEqual([['actuator-failed', 'services']])
    // A call that never came back is not made again and again.
    await measure(95, 600)
    expect(calls.filter((call) => call.startsWith('services')).length).toBeLessThanOrEqual(4)
    await engine.stop()
  })

  it('tries again what failed, and says when it works', async () => {
    let failing = true
    const { calls, decisions, engine, measure } = await engineWith({}, async (name) => {
      if (name === 'fan' && failing) throw new Error('no such file')
    })
    await measure(60, 12)
    expect(calls.filter((call) => call.startsWith('fan')).length).toBe(3)
    expect(decisions.map(({ reason }) => reason)).toEqual(['fan cannot be set: no such file; it is tried again'])
    failing = false
    await measure(60, 6)
    expect(decisions.at(-1)).toMatchObject({ code: 'actuator-works' })
    await engine.stop()
  })

  it('orders the shutdown once, and again when the machine is still there a minute later', async () => {
    const { calls, engine, measure } = await engineWith()
    const orders = (): number => calls.filter((call) => call.startsWith('power')).length
    await measure(95, 30)
    expect(orders()).toBe(1)
    await measure(95, 60)
    expect(orders()).toBe(2)
    expect(calls.indexOf('lastGasp thermal-hard-limit')).toBeLessThan(calls.indexOf('power thermal-hard-limit'))
    await engine.stop()
  })

  it('blocks commands that would undo what keeps the node safe, until there is an override', async () => {
    const { clock, engine, measure, calls } = await engineWith()
    await measure(78, 10)
    expect(engine.judge({ kind: 'cpu-limit', ratio: 1 })).toMatchObject({ allowed: false, code: 'safety-interlock' })
    const granted = engine.override({
      who: 'ada',
      why: 'measuring',
      what: { kind: 'cpu-limit', ratio: 1 },
      untilMs: clock.monotonicMs() + 5000,
    })
    expect(granted.map(({ code }) => code)).toEqual(['override-granted'])
    expect(engine.judge({ kind: 'cpu-limit', ratio: 1 })).toEqual({ allowed: true })
    await measure(78, 6)
    expect(engine.effective.cpuRatio).toBe(0.5)
    expect(calls.filter((call) => call.startsWith('cpu'))).toEqual(['cpu 1', 'cpu 0.5', 'cpu 1', 'cpu 0.5'])
    await engine.stop()
  })

  it('works on a machine that has nothing to act on', async () => {
    const { decisions, engine, measure } = await engineWith({}, undefined, {})
    await measure(95, 5)
    expect(decisions.map(({ code }) => code)).toEqual(['thermal-hard-limit'])
    await engine.stop()
  })

  it('runs the fan at its safe duty when a step fails', async () => {
    const { calls, engine, measure } = await engineWith({}, undefined, undefined, () => {
      throw new Error('no clock')
    })
    await measure(40, 2)
    expect(calls).toContain('fan 1')
    await engine.stop()
  })

  it('leaves the fan at its safe duty and nothing behind', async () => {
    const { calls, clock, engine, measure, sampled } = await engineWith()
    await measure(40, 3)
    await engine.stop()
    await engine.stop()
    expect(calls.at(-1)).toBe('fan 1')
    expect(sampled.listenerCount).toBe(0)
    expect(clock.pending).toBe(0)
  })
})

describe('takeIn', () => {
  it('keeps what a source did not speak of, and bounds the sensors', () => {
    const temperatures = Array.from({ length: 40 }, (_, index) => ({
      name: `s${index}`,
      value: 40,
      unit: 'celsius' as const,
      atMs: 0,
    }))
    const inputs = takeIn(takeIn(noInputs, { power: { source: 'battery' } }), { temperatures })
    expect(inputs.power.source).toBe('battery')
    expect(inputs.thermal.sensors).toHaveLength(16)
    expect(takeIn(inputs, { power: { source: undefined } }).power.source).toBeUndefined()
  })
})

describe('sampleOf', () => {
  it('tells a sensor that gives nonsense from one that is not there', () => {
    const base = { atMs: 5, readings: {}, alarms: { underVoltage: true } }
    const refused = [{ metric: 'temperatureCelsius' as const, value: 'NaN' }]
    expect(sampleOf({ ...base, refused }).temperatures).toEqual([
      { name: 'temperatureCelsius', value: undefined, unit: 'celsius', atMs: 5 },
    ])
    const without = sampleOf({ ...base, refused: [] })
    expect(without.temperatures).toEqual([])
    expect(without.power?.flags?.underVoltageNow).toBe(true)
  })
})
