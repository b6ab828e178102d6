import { type MetricName, metricCatalogue, metricNames } from '@wrale/protocol'
import { inventoryBodySchema } from '@wrale/protocol/records'
import { describe, expect, it } from 'vitest'
import { type Board, type PartName, partNames } from '../board.ts'
import type { Devices } from '../devices.ts'

/** Readings that need a part to be there. */
const measuredBy: Partial<Record<PartName, readonly MetricName[]>> = {
  'temperature-sensor': ['temperatureCelsius'],
  fan: ['fanRpm', 'fanDutyRatio'],
  battery: ['batteryRatio'],
  'power-meter': ['powerWatts'],
  'supply-meter': ['supplyVolts'],
  'air-sensor': ['ambientCelsius', 'humidityRatio'],
  storage: ['diskUsedBytes', 'diskTotalBytes'],
}

export interface BoardUnderTest {
  readonly board: Board
  /** Lets time pass for the board, so that what is measured between two samples can be. */
  readonly pass: (ms: number) => Promise<void>
}

/** What every driver promises, whatever machine it reads. */
export function describeBoardConformance(name: string, make: () => Promise<BoardUnderTest>): void {
  describe(`${name} as a board`, () => {
    it('gives only finite readings that the catalogue allows', async () => {
      const { board, pass } = await make()
      await board.sample()
      await pass(1000)
      const { readings } = await board.sample()
      for (const [metric, value] of Object.entries(readings)) {
        expect(metricNames).toContain(metric)
        const { min, max } = metricCatalogue[metric as MetricName]
        expect(value, metric).toBeGreaterThanOrEqual(min)
        expect(value, metric).toBeLessThanOrEqual(max)
      }
    })

    it('reports every part once, and measures nothing with a part that is absent', async () => {
      const { board, pass } = await make()
      const { parts } = await board.describe()
      expect(parts.map((part) => part.name)).toEqual(partNames)
      await board.sample()
      await pass(1000)
      const { readings } = await board.sample()
      for (const { name: part, present } of parts) {
        if (present) continue
        for (const metric of measuredBy[part as PartName] ?? [])
          expect(readings, `${part} is absent`).not.toHaveProperty(metric)
      }
    })

    it('describes itself as an inventory record can carry it', async () => {
      const { board } = await make()
      const { hardware, parts } = await board.describe()
      expect(inventoryBodySchema.shape.hardware.safeParse(hardware).error).toBeUndefined()
      expect(inventoryBodySchema.shape.parts.safeParse(parts).error).toBeUndefined()
    })

    it('says the same of itself each time', async () => {
      const { board } = await make()
      expect(await board.describe()).toEqual(await board.describe())
    })

    it('gives the same devices, lines and buses each time, and no bus where there is none', async () => {
      const { board } = await make()
      const devices = board.devices()
      const again = board.devices()
      expect(Object.keys(again)).toEqual(Object.keys(devices))
      for (const [kind, device] of Object.entries(devices)) expect(again[kind as keyof Devices]).toBe(device)
      expect(board.lineDriver()).toBe(board.lineDriver())
      expect(board.lineDriver().simulated).toBe(board.simulated)
      const bus = board.i2cAdapter(987_654)
      expect(board.i2cAdapter(987_654)).toBe(bus)
      await expect(bus.readByte(0x48, 0)).rejects.toMatchObject({ syscall: 'open' })
    })

    it('names each device among its parts', async () => {
      const { board } = await make()
      const { parts } = await board.describe()
      const present = parts.filter((part) => part.present).map((part) => part.name)
      const names = { fan: 'fan', cpu: 'cpu-limit', powerDown: 'power-down', watchdog: 'watchdog' } as const
      expect(present).toEqual(
        expect.arrayContaining(Object.keys(board.devices()).map((device) => names[device as keyof Devices])),
      )
    })

    it('can be sampled by two callers at once and many times', async () => {
      const { board, pass } = await make()
      const both = await Promise.all([board.sample(), board.sample()])
      expect(both).toHaveLength(2)
      for (let count = 0; count < 20; count++) {
        await pass(100)
        expect((await board.sample()).readings).toBeTypeOf('object')
      }
    })

    it('has an uptime that grows', async () => {
      const { board, pass } = await make()
      const before = (await board.sample()).readings.uptimeSeconds
      await pass(2000)
      const after = (await board.sample()).readings.uptimeSeconds
      expect(after).toBeGreaterThan(before!)
    })
  })
}
