import { describe, expect, it } from 'vitest'
import { loadOnoff, type OnoffClass, type OnoffLine } from './onoff.ts'

/** The package has a native part, which an installation without a compiler, or for another Node, does not have. */
function loaded(): OnoffClass | undefined {
  try {
    return loadOnoff()
  } catch {
    return undefined
  }
}

const Gpio = loaded()

const methods = Gpio?.prototype as Partial<Record<string, (...all: never[]) => unknown>> | undefined

const used: Readonly<Record<keyof OnoffLine, number>> = {
  readSync: 0,
  writeSync: 1,
  watch: 1,
  unwatchAll: 0,
  direction: 0,
  setDirection: 1,
  activeLow: 0,
  setActiveLow: 1,
  setEdge: 1,
  unexport: 0,
}

describe.skipIf(Gpio === undefined)('the onoff package (needs its native part)', () => {
  it.each(Object.entries(used))('has %s with %i parameters', (name, parameters) => {
    const method = methods?.[name]
    expect(method).toBeTypeOf('function')
    expect(method?.length).toBe(parameters)
  })

  it('is constructed with a number, a direction, an edge and options', () => {
    expect(Gpio?.length).toBe(4)
  })
})
