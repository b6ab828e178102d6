import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  backoffMs,
  Emitter,
  exitCodeOf,
  FleetError,
  Lifecycle,
  merged,
  repeat,
  type Startable,
  toFleetError,
} from './index.ts'
import { VirtualClock } from './testing/virtual-clock.ts'

function part(name: string, log: string[], failOn?: 'start' | 'stop'): Startable {
  return {
    async start() {
      log.push(`+${name}`)
      if (failOn === 'start') throw new Error(`${name} did not start`)
    },
    async stop() {
      log.push(`-${name}`)
      if (failOn === 'stop') throw new Error(`${name} did not stop`)
    },
  }
}

describe('Lifecycle', () => {
  it('starts in order, stops in reverse, and does each once', async () => {
    const log: string[] = []
    const lifecycle = new Lifecycle([part('a', log), part('b', log)])
    await lifecycle.start()
    await lifecycle.start()
    await lifecycle.stop()
    await lifecycle.stop()
    expect(log).toEqual(['+a', '+b', '-b', '-a'])
  })

  it('stops what was started when a later part fails to start', async () => {
    const log: string[] = []
    const lifecycle = new Lifecycle([part('a', log), part('b', log, 'start'), part('c', log)])
    await expect(lifecycle.start()).rejects.toThrow('b did not start')
    expect(log).toEqual(['+a', '+b', '-b', '-a'])
  })

  it('stops every part even when one fails to stop, and reports it', async () => {
    const log: string[] = []
    const lifecycle = new Lifecycle([part('a', log), part('b', log, 'stop')])
    await lifecycle.start()
    await expect(lifecycle.stop()).rejects.toThrow('b did not stop')
    expect(log).toEqual(['+a', '+b', '-b', '-a'])
  })
})

describe('repeat', () => {
  it('waits for a task before arming the next, survives errors and stops for good', async () => {
    const clock = new VirtualClock()
    const errors: unknown[] = []
    let runs = 0
    const stop = repeat(
      clock,
      100,
      async () => {
        runs++
        if (runs === 2) throw new Error('once')
      },
      (error) => errors.push(error),
    )
    await clock.advance(350)
    expect(runs).toBe(3)
    expect(errors).toHaveLength(1)
    await stop()
    await clock.advance(1000)
    expect(runs).toBe(3)
  })
})

describe('merged', () => {
  it('is heard as one, and left as one', () => {
    const [a, b] = [new Emitter<number>(), new Emitter<number>()]
    const heard: number[] = []
    const end = merged(a, b).subscribe((value) => heard.push(value))
    a.emit(1)
    b.emit(2)
    end()
    a.emit(3)
    expect([heard, a.listenerCount, b.listenerCount]).toEqual([[1, 2], 0, 0])
  })
})

describe('Emitter', () => {
  it('goes on to the other listeners when one throws', () => {
    const errors: unknown[] = []
    const seen: number[] = []
    const emitter = new Emitter<number>((error) => errors.push(error))
    emitter.subscribe(() => {
      throw new Error('listener')
    })
    const unsubscribe = emitter.subscribe((value) => seen.push(value))
    emitter.emit(1)
    unsubscribe()
    emitter.emit(2)
    expect(seen).toEqual([1])
    expect(errors).toHaveLength(2)
  })
})

describe('backoffMs', () => {
  it('stays between half of the first wait and the maximum', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const wait = backoffMs(attempt, { firstMs: 100, maxMs: 5000 }, random)
        expect(wait).toBeGreaterThanOrEqual(50)
        expect(wait).toBeLessThanOrEqual(5000)
      }),
    )
  })
})

describe('FleetError', () => {
  it('keeps code and data when serialised, and wraps what has no code', () => {
    const error = new FleetError('PORT_IN_USE', 'port 7420 is in use', { port: 7420 })
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'PORT_IN_USE',
      message: 'port 7420 is in use',
      meta: { port: 7420 },
    })
    expect(toFleetError(error)).toBe(error)
    const cause = new TypeError('odd')
    expect(toFleetError(cause)).toMatchObject({ code: 'INTERNAL', message: 'odd', cause })
    expect(exitCodeOf(new FleetError('USAGE', 'x'))).toBe(2)
    expect(exitCodeOf(cause)).toBe(70)
  })
})
