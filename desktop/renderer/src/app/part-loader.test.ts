import { Emitter } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { describe, expect, test } from 'vitest'
import { PartError, PartLoader, type PartLoaderOptions } from './part-loader.ts'

/** A part whose tries the test settles one by one. */
function partOf() {
  const tries: PromiseWithResolvers<string>[] = []
  const fetch = (): Promise<string> => {
    const one = Promise.withResolvers<string>()
    tries.push(one)
    return one.promise
  }
  return { tries, fetch }
}

/** A part that does not come `failures` times, then does. */
function failing(clock: VirtualClock, failures: number) {
  const triedAtMs: number[] = []
  const fetch = async (): Promise<string> => {
    triedAtMs.push(clock.monotonicMs())
    if (triedAtMs.length <= failures) throw new Error(`no ${triedAtMs.length}`)
    return 'part'
  }
  return { triedAtMs, fetch }
}

function make(options: PartLoaderOptions = {}) {
  const clock = new VirtualClock()
  const comeback = new Emitter<void>()
  const loader = new PartLoader({ clock, comeback, random: () => 1 }, options)
  const nothingIsLeft = (): void => expect([clock.pending, comeback.listenerCount]).toEqual([0, 0])
  return { clock, comeback, loader, nothingIsLeft }
}

const failureOf = async (promise: Promise<unknown>): Promise<PartError> => {
  const failure: unknown = await promise.catch((error: unknown) => error)
  if (!(failure instanceof PartError)) throw new Error('it did not fail as a part')
  return failure
}

describe('a part that is needed', () => {
  test('is fetched once for all who ask, and is there at once for those who come later', async () => {
    const { loader, nothingIsLeft } = make()
    const { tries, fetch } = partOf()
    expect(loader.loaded(fetch)).toBeUndefined()
    const asked = loader.load(fetch)
    expect(loader.load(fetch)).toBe(asked)
    tries[0]!.resolve('part')
    expect(await asked).toBe('part')
    expect(loader.loaded(fetch)).toBe('part')
    expect(tries).toHaveLength(1)
    nothingIsLeft()
  })

  test('is asked for again after waits that grow up to a bound, so many times and no more', async () => {
    const { clock, loader, nothingIsLeft } = make({ firstWaitMs: 500, maxWaitMs: 3000, tries: 6 })
    const part = failing(clock, Infinity)
    const failure = failureOf(loader.load(part.fetch))
    await clock.advance(0)
    await clock.advance(60_000)
    expect(part.triedAtMs).toEqual([0, 500, 1500, 3500, 6500, 9500])
    expect(await failure).toMatchObject({ code: 'UNAVAILABLE', message: 'no 6' })
    nothingIsLeft()
  })

  test('comes when one of the tries succeeds', async () => {
    const { clock, loader, nothingIsLeft } = make()
    const part = failing(clock, 2)
    const asked = loader.load(part.fetch)
    await clock.advance(0)
    await clock.advance(1500)
    expect(await asked).toBe('part')
    expect(part.triedAtMs).toHaveLength(3)
    nothingIsLeft()
  })

  test('is asked for at once when the station may be back', async () => {
    const { clock, comeback, loader, nothingIsLeft } = make()
    const part = failing(clock, 1)
    const asked = loader.load(part.fetch)
    await clock.advance(0)
    await clock.advance(10)
    comeback.emit()
    expect(await asked).toBe('part')
    expect(part.triedAtMs).toEqual([0, 10])
    nothingIsLeft()
  })

  test('that neither comes nor fails is given up for the time being, and taken when it comes after all', async () => {
    const { clock, loader, nothingIsLeft } = make({ patienceMs: 30_000 })
    const { tries, fetch } = partOf()
    const asked = failureOf(loader.load(fetch))
    await clock.advance(30_000)
    const failure = await asked
    expect(failure.code).toBe('TIMEOUT')
    let reasons = 0
    const end = failure.again.subscribe(() => (reasons += 1))
    tries[0]!.resolve('part')
    await clock.advance(0)
    expect(reasons).toBe(1)
    expect(loader.loaded(fetch)).toBe('part')
    end()
    nothingIsLeft()
  })

  test('is not asked for any more once patience has ended between two tries', async () => {
    const { clock, loader, nothingIsLeft } = make({ patienceMs: 600 })
    const part = failing(clock, Infinity)
    const failure = failureOf(loader.load(part.fetch))
    await clock.advance(0)
    await clock.advance(60_000)
    expect((await failure).code).toBe('TIMEOUT')
    expect(part.triedAtMs).toEqual([0, 500])
    nothingIsLeft()
  })

  test('fails for all who ask until the failure has been shown, then is asked for anew', async () => {
    const { clock, comeback, loader } = make({ tries: 1 })
    const part = failing(clock, 1)
    const asked = loader.load(part.fetch)
    const failure = await failureOf(asked)
    expect(loader.load(part.fetch)).toBe(asked)
    let reasons = 0
    failure.again.subscribe(() => (reasons += 1))
    comeback.emit()
    expect(reasons).toBe(1)
    failure.release()
    expect(await loader.load(part.fetch)).toBe('part')
  })
})

describe('parts that will be needed', () => {
  test('are fetched one after another', async () => {
    const { clock, loader } = make()
    const [one, two] = [partOf(), partOf()]
    loader.prefetch([one.fetch, two.fetch])
    expect([one.tries.length, two.tries.length]).toEqual([1, 0])
    one.tries[0]!.resolve('one')
    await clock.advance(0)
    two.tries[0]!.resolve('two')
    await clock.advance(0)
    expect([loader.loaded(one.fetch), loader.loaded(two.fetch)]).toEqual(['one', 'two'])
  })

  test('are left alone when one does not come, until the station may be back', async () => {
    const { clock, comeback, loader, nothingIsLeft } = make()
    const [one, two] = [failing(clock, 1), failing(clock, 0)]
    const end = loader.prefetch([one.fetch, two.fetch])
    await clock.advance(60_000)
    expect([one.triedAtMs.length, two.triedAtMs.length]).toEqual([1, 0])
    comeback.emit()
    await clock.advance(0)
    expect([loader.loaded(one.fetch), loader.loaded(two.fetch)]).toEqual(['part', 'part'])
    comeback.emit()
    await clock.advance(0)
    expect([one.triedAtMs.length, two.triedAtMs.length], 'what is here is not fetched again').toEqual([2, 1])
    end()
    nothingIsLeft()
  })

  test('are asked for again when the station comes back while a try is still failing', async () => {
    const { clock, comeback, loader } = make()
    const { tries, fetch } = partOf()
    loader.prefetch([fetch])
    comeback.emit()
    tries[0]!.reject(new Error('gone'))
    await clock.advance(0)
    tries[1]!.resolve('part')
    await clock.advance(0)
    expect(loader.loaded(fetch)).toBe('part')
  })

  test('share their tries with who needs one meanwhile', async () => {
    const { clock, loader } = make()
    const { tries, fetch } = partOf()
    loader.prefetch([fetch])
    const asked = loader.load(fetch)
    tries[0]!.reject(new Error('gone'))
    await clock.advance(0)
    await clock.advance(500)
    tries[1]!.resolve('part')
    expect(await asked).toBe('part')
    expect(tries).toHaveLength(2)
  })
})
