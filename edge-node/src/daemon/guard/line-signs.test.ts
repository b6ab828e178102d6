import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SafetySample } from '../../features/safety/engine/sample.ts'
import { GpioLines } from '../../hardware/gpio/lines.ts'
import { SimulatedBoard } from '../../hardware/simulated/board.ts'
import { simulatedLines, simulatedSigns } from '../../hardware/simulated/defaults.ts'
import { LineSigns } from './line-signs.ts'

let clock: VirtualClock
let board: SimulatedBoard
let gpio: GpioLines
let said: Array<SafetySample['tamper']>

beforeEach(async () => {
  clock = new VirtualClock()
  board = new SimulatedBoard({ clock }, { seed: 1, ambientCelsius: 20 })
  gpio = new GpioLines({ driver: board.lineDriver(), clock, logger: silentLogger }, { lines: simulatedLines })
  await gpio.start()
  said = []
})
afterEach(() => gpio.stop())

async function signsOf(names: { case?: string; motion?: string }): Promise<LineSigns> {
  const signs = new LineSigns({ gpio, clock, logger: silentLogger }, names)
  signs.sampled.subscribe(({ tamper }) => said.push(tamper))
  await signs.start()
  return signs
}

describe('the signs of lines', () => {
  it('say what the inputs show at the start, and each change of them', async () => {
    const signs = await signsOf(simulatedSigns)
    expect(said).toEqual([{ caseOpen: false }, { motion: false }])
    said.length = 0
    board.inject('case-open')
    await clock.advance(200)
    expect(said).toContainEqual({ caseOpen: true })
    expect(said).not.toContainEqual({ motion: true })
    board.inject('motion')
    await clock.advance(200)
    expect(said).toContainEqual({ motion: true })
    board.clear('case-open')
    await clock.advance(200)
    expect(said.findLast((tamper) => tamper !== undefined && 'caseOpen' in tamper)).toEqual({ caseOpen: false })
    await signs.stop()
  })

  it('say nothing of a line that there is not', async () => {
    const signs = await signsOf({ case: 'lid' })
    expect(said).toEqual([{ caseOpen: undefined }])
    await signs.stop()
  })

  it('hear nothing any more once they are stopped', async () => {
    const signs = await signsOf(simulatedSigns)
    await signs.stop()
    said.length = 0
    board.inject('case-open')
    await clock.advance(1000)
    expect(said).toEqual([])
  })
})
