import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import type { SimulatedFault } from '@wrale/protocol/config'
import { describe, expect, it } from 'vitest'
import { GpioLines } from '../gpio/lines.ts'
import { linesSchema } from '../gpio/settings.ts'
import { SerialBus } from '../i2c/serial-bus.ts'
import { sensorDriver } from '../i2c/sensors/catalogue.ts'
import { WatchedSensor } from '../i2c/sensors/watched-sensor.ts'
import {
  describeCpuConformance,
  describeFanConformance,
  describePowerDownConformance,
  describeWatchdogConformance,
} from '../testing/devices-conformance.ts'
import { SimulatedBoard } from './board.ts'
import { simulatedLines, simulatedSensors } from './defaults.ts'
import { type PowerOff, simulatedViewSchema } from './settings.ts'

function make(options: { faults?: { fault: SimulatedFault; afterSeconds: number }[] } = {}) {
  const clock = new VirtualClock()
  const board = new SimulatedBoard({ clock }, { seed: 7, ambientCelsius: 24, ...options })
  const wentOff: PowerOff[] = []
  board.wentOff.subscribe((how) => wentOff.push(how))
  const { fan, cpu, powerDown, watchdog } = board.devices()
  if (fan === undefined || cpu === undefined || powerDown === undefined || watchdog === undefined)
    throw new Error('the simulated board has all devices')
  return { clock, board, wentOff, fan, cpu, powerDown, watchdog }
}

describeFanConformance(
  'the simulated fan',
  () => {
    const { board, fan } = make()
    return { fan, turns: () => board.view().fan.dutyRatio, step: 0 }
  },
  false,
)

describeCpuConformance(
  'the simulated processor',
  () => {
    const { board, cpu } = make()
    return { cpu, allows: () => board.view().cpu.limitRatio }
  },
  false,
)

describeWatchdogConformance('the simulated watchdog', () => {
  const { board, powerDown, watchdog } = make()
  return { watchdog, isArmed: () => board.view().watchdog === 'armed', kill: () => powerDown.powerDown('test') }
})

describePowerDownConformance('the simulated machine', () => {
  const { powerDown, wentOff } = make()
  return { port: powerDown, reasons: () => wentOff.map(({ reason }) => reason) }
})

describe('the simulated board acted on', () => {
  it('cools when its fan is asked for more, and warms when it is asked for less', async () => {
    const { board, clock, fan } = make()
    board.set({ setting: 'loadRatio', value: 1 })
    await clock.advance(300_000)
    const own = board.view()
    await fan.setDuty(1)
    await clock.advance(300_000)
    const full = board.view()
    await fan.setDuty(0)
    await clock.advance(120_000)
    const none = board.view()
    expect(full.cpu.celsius).toBeLessThan(own.cpu.celsius - 2)
    expect(none.cpu.celsius).toBeGreaterThan(own.cpu.celsius + 5)
    expect(none.fan.rpm).toBe(0)
    await fan.release()
    await clock.advance(300_000)
    expect(board.view().cpu.celsius).toBeCloseTo(own.cpu.celsius, 0)
  })

  it('says that its fan is stalled after some seconds, and not when nobody wants it to turn', async () => {
    const { board, clock, fan } = make()
    await fan.setDuty(1)
    board.inject('fan-stall')
    // It runs down first.
    await clock.advance(4000)
    expect((await board.sample()).alarms.fanStalled).toBe(false)
    await clock.advance(16_000)
    expect((await board.sample()).alarms.fanStalled).toBe(true)
    await fan.setDuty(0)
    expect((await board.sample()).alarms.fanStalled).toBe(false)
  })

  it('gets less done and is cooler with its processor limited', async () => {
    const { board, clock, cpu, fan } = make()
    await fan.setDuty(0.5)
    board.set({ setting: 'loadRatio', value: 0.9 })
    await clock.advance(300_000)
    const free = board.view()
    const before = (await board.sample()).readings
    await cpu.setLimit(0.6)
    await clock.advance(300_000)
    const limited = board.view()
    const after = (await board.sample()).readings
    expect(limited.cpu.workRatio).toBe(0.6)
    expect(limited.cpu.busyRatio).toBe(1)
    expect(free.cpu.celsius).toBeGreaterThan(limited.cpu.celsius + 5)
    expect(after.powerWatts).toBeLessThan(before.powerWatts! - 1)
    expect(after.networkReceiveBytesPerSecond).toBeLessThan(before.networkReceiveBytesPerSecond!)
  })

  it('is off once it was told to be: it measures nothing, takes no power, and says so once', async () => {
    const { board, clock, powerDown, wentOff } = make()
    await powerDown.powerDown('The battery is empty')
    await powerDown.powerDown('again')
    expect(wentOff).toEqual([{ cause: 'shutdown', reason: 'The battery is empty' }])
    await clock.advance(600_000)
    expect(await board.sample()).toEqual({ readings: {}, alarms: {} })
    const { cpu, off, supply } = board.view()
    expect(off).toEqual(wentOff[0])
    expect(supply.watts).toBe(0)
    expect(cpu.celsius).toBeCloseTo(24, 0)
  })

  it('is off when nothing feeds it any more, after it said that its supply is low', async () => {
    const { board, clock, wentOff } = make()
    board.set({ setting: 'batteryRatio', value: 0.03 })
    board.inject('power-loss')
    let wasLow = false
    for (let second = 0; second < 1200 && wentOff.length === 0; second++) {
      await clock.advance(1000)
      const { alarms } = await board.sample()
      wasLow ||= alarms.underVoltage === true
    }
    expect(wasLow).toBe(true)
    expect(wentOff).toEqual([expect.objectContaining({ cause: 'power-lost' })])
  })

  it('is reset when its watchdog is armed and not fed, and not while it is', async () => {
    const { board, clock, watchdog, wentOff } = make()
    await watchdog.open()
    for (let feed = 0; feed < 10; feed++) {
      await clock.advance(10_000)
      await board.sample()
      await watchdog.feed()
    }
    expect(wentOff).toEqual([])
    await clock.advance(15_001)
    await board.sample()
    expect(wentOff).toEqual([expect.objectContaining({ cause: 'watchdog' })])
  })

  it('empties sooner with an old battery, and its supply sags more', async () => {
    const drained = async (faults: readonly SimulatedFault[]) => {
      const { board, clock } = make()
      board.set({ setting: 'batteryRatio', value: 0.8 })
      for (const fault of faults) board.inject(fault)
      expect((await board.sample()).readings.batteryRatio).toBeCloseTo(0.8, 2)
      await clock.advance(1_200_000)
      return (await board.sample()).readings
    }
    const fresh = await drained(['power-loss'])
    const aged = await drained(['battery-aged', 'power-loss'])
    expect(0.8 - aged.batteryRatio!).toBeGreaterThan(1.5 * (0.8 - fresh.batteryRatio!))
    expect(aged.supplyVolts).toBeLessThan(fresh.supplyVolts! - 0.05)
  })

  it('remembers that its supply was low', async () => {
    const { board, clock } = make()
    board.set({ setting: 'loadRatio', value: 1 })
    board.inject('supply-sag')
    await clock.advance(30_000)
    board.clear()
    await clock.advance(1000)
    expect((await board.sample()).alarms).toMatchObject({ underVoltage: false, underVoltageSinceBoot: true })
  })

  it('writes to its card, until that has an error and is read-only', async () => {
    const { board, clock } = make()
    await clock.advance(60_000)
    const before = await board.sample()
    expect(before.storage).toEqual({ readOnly: false })
    expect(before.readings.systemWrittenBytes).toBeGreaterThan(before.readings.writtenBytes!)
    board.inject('sd-errors')
    await clock.advance(60_000)
    const after = await board.sample()
    expect(after.storage).toEqual({ readOnly: true })
    expect(after.readings).toMatchObject({
      writtenBytes: before.readings.writtenBytes,
      systemWrittenBytes: before.readings.systemWrittenBytes,
      diskUsedBytes: before.readings.diskUsedBytes,
    })
  })

  it('shows what it is like inside', async () => {
    const { board, cpu, fan } = make()
    board.inject('motion')
    await fan.setDuty(0.7)
    await cpu.setLimit(0.8)
    const view = board.view()
    expect(simulatedViewSchema.parse(view)).toEqual(view)
    expect(view).toMatchObject({ faults: ['motion'], fan: { askedDuty: 0.7 }, cpu: { limitRatio: 0.8 }, off: null })
  })
})

describe('the lines of a simulated board', () => {
  function makeLines(lines = linesSchema.parse(simulatedLines)) {
    const made = make({ faults: [{ fault: 'motion', afterSeconds: 60 }] })
    return {
      ...made,
      gpio: new GpioLines({ driver: made.board.lineDriver(), clock: made.clock, logger: silentLogger }, { lines }),
    }
  }

  it('are those of its case and its outputs, all there', async () => {
    const { board, gpio } = makeLines()
    await gpio.start()
    expect(gpio.lines().map(({ name, direction, state }) => [name, direction, state])).toEqual([
      ['case-switch', 'in', 'present'],
      ['motion', 'in', 'present'],
      ['relay', 'out', 'present'],
      ['status-led', 'out', 'present'],
    ])
    gpio.write('relay', 'on')
    expect(board.view().lines).toEqual({ 'case-switch': 'low', motion: 'low', relay: 'high', 'status-led': 'low' })
    await gpio.stop()
    expect(board.view().lines).toMatchObject({ relay: 'low' })
  })

  it('go on and off with what happens to the case, on whatever pin and whichever way round', async () => {
    for (const lines of [
      linesSchema.parse(simulatedLines),
      linesSchema.parse([{ name: 'case-switch', pin: 5, direction: 'in', activeLow: true, debounceMs: 20 }]),
    ]) {
      const { board, clock, gpio } = makeLines(lines)
      await gpio.start()
      const watch = gpio.watch('case-switch')
      expect(gpio.read('case-switch').level).toBe('off')
      board.inject('case-open')
      await clock.advance(100)
      expect(gpio.read('case-switch').level).toBe('on')
      board.clear('case-open')
      await clock.advance(100)
      expect(watch.take().map(({ kind }) => kind)).toEqual(['rising', 'falling'])
    }
  })

  it('go on when a fault begins by itself, and are on when they are opened later', async () => {
    const { board, clock, gpio } = makeLines()
    await gpio.start()
    await clock.advance(61_000)
    await board.sample()
    expect(gpio.read('motion').level).toBe('on')
    const { board: other, gpio: late } = makeLines()
    other.inject('case-open')
    await late.start()
    expect(late.read('case-switch').level).toBe('on')
  })
})

describe('the sensors of a simulated board', () => {
  function makeSensors() {
    const made = make()
    const bus = new SerialBus({ adapter: made.board.i2cAdapter(1), clock: made.clock }, { deadlineMs: 250 })
    const sensors = simulatedSensors.map(({ name, chip, address, settings }) => ({
      name,
      sensor: new WatchedSensor({ bus, clock: made.clock, driver: sensorDriver(chip) }, { address, settings }),
    }))
    const read = async (): Promise<Record<string, number | string>> => {
      const all: Record<string, number | string> = {}
      for (const { name, sensor } of sensors)
        for (const [quantity, { verdict }] of Object.entries(await sensor.sample()))
          all[`${name}.${quantity}`] = verdict.status === 'ok' ? verdict.value : verdict.reason
      return all
    }
    return { ...made, bus, read }
  }

  it('show the air, the supply and the battery as they are', async () => {
    const { board, clock, read } = makeSensors()
    board.set({ setting: 'batteryRatio', value: 0.5 })
    board.set({ setting: 'humidityRatio', value: 0.6 })
    board.inject('power-loss')
    await clock.advance(60_000)
    const values = await read()
    const { readings } = await board.sample()
    expect(values['air.temperatureCelsius']).toBeCloseTo(24, 0)
    expect(values['air.humidityRatio']).toBeCloseTo(0.6, 1)
    expect(values['supply.busVolts']).toBeCloseTo(readings.supplyVolts!, 1)
    expect(values['supply.powerWatts']).toBeCloseTo(readings.powerWatts!, 1)
    expect(values['battery.batteryRatio']).toBeCloseTo(readings.batteryRatio!, 2)
    expect(values['battery.chargeRatioPerHour']).toBeLessThan(-0.2)
    expect(values['battery.batteryVolts']).toBeLessThan(3.8)
  })

  it('are believed for a day: nothing about them is stuck or jumps', async () => {
    const { clock, read } = makeSensors()
    for (let quarter = 0; quarter < 96; quarter++) {
      await clock.advance(900_000)
      for (const [name, value] of Object.entries(await read())) expect(value, name).toBeTypeOf('number')
    }
  })

  it('follow a heat wave, and are believed all the while', async () => {
    const { board, clock, read } = makeSensors()
    const before = await read()
    board.inject('heat-wave')
    let after = before
    for (let second = 0; second < 60; second++) {
      await clock.advance(1000)
      after = await read()
      expect(after['air.temperatureCelsius']).toBeTypeOf('number')
    }
    expect(after['air.temperatureCelsius']).toBeGreaterThan(Number(before['air.temperatureCelsius']) + 15)
    expect(after['air.humidityRatio']).toBeLessThan(Number(before['air.humidityRatio']))
  })

  it('one is gone when a component is removed, and back when it is put back', async () => {
    const { board, clock, read } = makeSensors()
    await read()
    board.inject('component-removed')
    expect((await read())['air.temperatureCelsius']).toBe('no-device')
    expect((await read())['supply.busVolts']).toBeTypeOf('number')
    board.clear('component-removed')
    await clock.advance(1000)
    for (let reading = 0; reading < 5; reading++) await read()
    expect((await read())['air.temperatureCelsius']).toBeTypeOf('number')
  })

  it('none answers while the bus hangs', async () => {
    const { board, bus, clock } = makeSensors()
    board.inject('i2c-hang')
    const hung = bus.readByte(0x76, 0xd0).catch((error: unknown) => error)
    await clock.advance(0)
    await clock.advance(250)
    expect(await hung).toMatchObject({ meta: { fault: 'hung' } })
    board.clear('i2c-hang')
    await clock.advance(1000)
    expect(await bus.readByte(0x76, 0xd0)).toBe(0x60)
  })

  it('are on bus 1, and there is no other', async () => {
    const { board, clock } = make()
    expect(board.i2cAdapter(1)).toBe(board.i2cAdapter(1))
    const bus = new SerialBus({ adapter: board.i2cAdapter(3), clock })
    await expect(bus.readByte(0x76, 0xd0)).rejects.toMatchObject({ meta: { fault: 'bus-absent' } })
  })
})
