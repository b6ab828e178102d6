import { type FleetErrorCode, toFleetError } from '@wrale/kernel'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { CpuLimit, Fan, PowerDownPort, Watchdog } from '../devices.ts'

type May<T> = T | Promise<T>

interface Bench {
  readonly dispose?: () => May<void>
}

export interface FanBench extends Bench {
  readonly fan: Fan
  /** Duty that a witness sees at the hardware, ratio. */
  readonly turns: () => May<number>
  /** How finely it can be set, ratio: 1 for a fan that is on or off. */
  readonly step: number
  /** Makes the hardware refuse, and mends it; left out where it cannot. */
  readonly fail?: (isBroken: boolean) => May<void>
}

export interface CpuBench extends Bench {
  readonly cpu: CpuLimit
  /** Speed that a witness sees allowed, ratio of what was allowed before. */
  readonly allows: () => May<number>
  readonly fail?: (isBroken: boolean) => May<void>
}

export interface WatchdogBench extends Bench {
  readonly watchdog: Watchdog
  /** Lets the device die under an open watchdog; left out where it cannot. */
  readonly kill?: () => May<void>
  /** Whether a witness sees it armed. */
  readonly isArmed: () => May<boolean>
}

export interface PowerDownBench extends Bench {
  readonly port: PowerDownPort
  /** Reasons that the machine was given. */
  readonly reasons: () => May<readonly string[]>
}

/** Undefined where it worked; INTERNAL for what is no FleetError, which no test here asks for. */
async function codeOf(act: () => Promise<unknown>): Promise<FleetErrorCode | undefined> {
  try {
    await act()
  } catch (error) {
    return toFleetError(error).code
  }
  return undefined
}

/** Benches of one suite, disposed of after each test. */
function benches<B extends Bench>(make: () => May<B>): () => Promise<B> {
  const made: Bench[] = []
  afterEach(async () => {
    for (const bench of made.splice(0)) await bench.dispose?.()
  })
  return async () => {
    const bench = await make()
    made.push(bench)
    return bench
  }
}

const noFailure = (): never => {
  throw new Error('the bench cannot make the hardware refuse')
}

const notRatios = [-0.01, 1.01, Number.NaN, Number.POSITIVE_INFINITY]
/** Room for what hardware rounds: one part in 255. */
const rounding = 1 / 255 + 1e-9

/** @param canFail whether the bench can make the hardware refuse */
export function describeFanConformance(name: string, make: () => May<FanBench>, canFail = true): void {
  describe(`${name} as a fan`, () => {
    const bench = benches(make)

    it('turns as asked or at the next step above, and not at all at 0', async () => {
      const { fan, turns, step } = await bench()
      await fc.assert(
        fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (ratio) => {
          await fan.setDuty(ratio)
          const duty = await turns()
          expect(duty).toBeGreaterThanOrEqual(ratio - rounding)
          expect(duty).toBeLessThanOrEqual(Math.min(1, ratio + step) + rounding)
          expect(fan.askedDuty).toBe(ratio)
        }),
        { numRuns: 20 },
      )
      for (const end of [1, 0]) {
        await fan.setDuty(end)
        expect(await turns()).toBe(end)
      }
    })

    it('is asked by nobody at first, and refuses what is no ratio', async () => {
      const { fan, turns } = await bench()
      expect(fan.askedDuty).toBeUndefined()
      await fan.setDuty(1)
      for (const ratio of notRatios) expect(await codeOf(() => fan.setDuty(ratio))).toBe('INPUT_INVALID')
      expect(fan.askedDuty).toBe(1)
      expect(await turns()).toBe(1)
    })

    it('can be released before it was taken and twice after, and taken again', async () => {
      const { fan, turns } = await bench()
      await fan.release()
      await fan.setDuty(1)
      await fan.setDuty(1)
      await fan.release()
      expect(fan.askedDuty).toBeUndefined()
      await fan.release()
      await fan.setDuty(1)
      expect(await turns()).toBe(1)
    })

    const itMayFail = canFail ? it : () => undefined
    itMayFail('says so when the hardware does not take it, and works once it does', async () => {
      const { fan, turns, fail = noFailure } = await bench()
      await fail(true)
      expect(await codeOf(() => fan.setDuty(1))).toBe('UNAVAILABLE')
      await fail(false)
      await fan.setDuty(1)
      expect(await turns()).toBe(1)
    })
  })
}

/** @param canFail whether the bench can make the hardware refuse */
export function describeCpuConformance(name: string, make: () => May<CpuBench>, canFail = true): void {
  describe(`${name} as a limited processor`, () => {
    const bench = benches(make)

    it('allows what is asked, and all of it at 1', async () => {
      const { cpu, allows } = await bench()
      expect(cpu.askedRatio).toBe(1)
      for (const ratio of [0.8, 0.6, 0.8, 1]) {
        await cpu.setLimit(ratio)
        expect(await allows()).toBeCloseTo(ratio, 3)
        expect(cpu.askedRatio).toBe(ratio)
      }
    })

    it('refuses to stand still, and what is no ratio', async () => {
      const { cpu, allows } = await bench()
      for (const ratio of [0, ...notRatios]) expect(await codeOf(() => cpu.setLimit(ratio))).toBe('INPUT_INVALID')
      expect(await allows()).toBe(1)
    })

    it('puts back what was allowed before, however often it is limited and released', async () => {
      const { cpu, allows } = await bench()
      await cpu.release()
      for (const ratio of [0.6, 0.8]) {
        await cpu.setLimit(ratio)
        await cpu.setLimit(ratio)
        await cpu.release()
        expect(await allows()).toBe(1)
        expect(cpu.askedRatio).toBe(1)
      }
    })

    const itMayFail = canFail ? it : () => undefined
    itMayFail('says so when the hardware does not take it, and works once it does', async () => {
      const { cpu, allows, fail = noFailure } = await bench()
      await fail(true)
      expect(await codeOf(() => cpu.setLimit(0.6))).toBe('UNAVAILABLE')
      await fail(false)
      await cpu.setLimit(0.6)
      expect(await allows()).toBeCloseTo(0.6, 3)
    })
  })
}

/** @param canDie whether the bench can let the device die */
export function describeWatchdogConformance(name: string, make: () => May<WatchdogBench>, canDie = true): void {
  describe(`${name} as a watchdog`, () => {
    const bench = benches(make)

    it('is armed from its opening to its closing, and fed in between', async () => {
      const { watchdog, isArmed } = await bench()
      expect(watchdog.state.condition).toBe('closed')
      expect(watchdog.state.timeoutSeconds).toBe(15)
      expect(await codeOf(() => watchdog.feed())).toBe('CONFLICT')
      await watchdog.open()
      await watchdog.open()
      expect(watchdog.state.condition).toBe('armed')
      expect(await isArmed()).toBe(true)
      await watchdog.feed()
      await watchdog.close()
      await watchdog.close()
      expect(watchdog.state.condition).toBe('closed')
      expect(await isArmed()).toBe(false)
      await watchdog.open()
      expect(await isArmed()).toBe(true)
      await watchdog.close()
    })

    const itMayDie = canDie ? it : () => undefined
    itMayDie('says that it is dead, and can be closed then', async () => {
      const { watchdog, kill = noFailure } = await bench()
      await watchdog.open()
      await watchdog.feed()
      await kill()
      expect(await codeOf(() => watchdog.feed())).toBe('UNAVAILABLE')
      expect(watchdog.state.condition).toBe('failed')
      expect(watchdog.state.failure).toMatch(/\w/)
      expect(await codeOf(() => watchdog.feed())).toBe('UNAVAILABLE')
      await watchdog.close()
      expect(watchdog.state.condition).toBe('closed')
    })
  })
}

export function describePowerDownConformance(name: string, make: () => May<PowerDownBench>): void {
  describe(`${name} as power-down`, () => {
    const bench = benches(make)

    it('tells the machine why, and nothing until it is asked', async () => {
      const { port, reasons } = await bench()
      expect(await reasons()).toEqual([])
      // Words that a shell would make something of.
      const reason = 'The battery is empty; $(false) "now" & \'then\''
      await port.powerDown(reason)
      expect(await reasons()).toEqual([reason])
    })
  })
}
