import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { shortIdOf } from '../ids.ts'
import { metricCatalogue, metricNames, type Readings, wireReadingsSchema } from '../metrics.ts'
import type { LinksBody, StatusBody } from '../records/index.ts'
import { generateIdentity, type Identity, openRecord, seal, sealRecord } from './index.ts'

/** What software gone wrong, or newer, may sign as a record. */
const unchecked = { domain: 'wrale-record/1', schema: z.any(), maxBytes: 16_384 }
/** As in a fleet that has run for years. */
const header = { seq: 5_000_123, prev: 5_000_100, hlc: [1_767_225_600_123, 3] as [number, number] }

const readings: Readings = {
  temperatureCelsius: 53.5,
  cpuBusyRatio: 0.36,
  load1: 1.43,
  memoryUsedBytes: 1804 * 2 ** 20,
  memoryTotalBytes: 4096 * 2 ** 20,
  diskUsedBytes: 112_375 * 2 ** 20,
  diskTotalBytes: 130_518 * 2 ** 20,
  networkReceiveBytesPerSecond: 1_200_000,
  networkTransmitBytesPerSecond: 800_000,
  powerWatts: 4.48,
  supplyVolts: 5.1,
  batteryRatio: 0.9,
  fanRpm: 1750,
  fanDutyRatio: 0.35,
  uptimeSeconds: 8_640_000,
}
const status: StatusBody = { intervalMs: 75_000, state: 'ok', reasons: [], powerSource: 'mains', readings }

let author: Identity
beforeAll(async () => {
  author = await generateIdentity()
})

describe('readings in records', () => {
  it('have a code of their own each, and a step that is a whole number or a whole part', () => {
    const codes = metricNames.map((name) => metricCatalogue[name].code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const name of metricNames) {
      const { step } = metricCatalogue[name]
      expect(Number.isInteger(step >= 1 ? step : Math.round((1 / step) * 1e9) / 1e9)).toBe(true)
    }
  })

  it('keep the codes that they were given', () => {
    expect(z.encode(wireReadingsSchema, readings)).toEqual([
      ...[1, 535, 2, 36, 3, 143, 4, 1804, 5, 4096, 6, 112_375, 7, 130_518, 8, 120_000, 9, 80_000],
      ...[10, 448, 11, 510, 12, 900, 13, 175, 14, 35, 15, 8_640_000],
    ])
  })

  it('come back within half a step, and stay as they are from then on', () => {
    const anyReadings = fc.record(
      Object.fromEntries(
        metricNames.map((name) => {
          const { min, max } = metricCatalogue[name]
          return [name, fc.double({ min, max: Math.min(max, 2 ** 50), noNaN: true })]
        }),
      ),
      { requiredKeys: [] },
    ) as fc.Arbitrary<Readings>
    fc.assert(
      fc.property(anyReadings, (before) => {
        const after = wireReadingsSchema.parse(z.encode(wireReadingsSchema, before))
        expect(Object.keys(after)).toEqual(
          Object.keys(before).filter((name) => before[name as keyof Readings] !== undefined),
        )
        for (const name of metricNames) {
          const [old, now] = [before[name], after[name]]
          if (old === undefined || now === undefined) continue
          const { step } = metricCatalogue[name]
          expect(Math.abs(now - old)).toBeLessThanOrEqual(step / 2 + Math.abs(old) * 1e-9)
        }
        expect(wireReadingsSchema.parse(z.encode(wireReadingsSchema, after))).toEqual(after)
      }),
    )
  })

  it('of metrics that this software does not know are passed over', () => {
    expect(wireReadingsSchema.parse([1, 515, 999, -7, 15, 60])).toEqual({ temperatureCelsius: 51.5, uptimeSeconds: 60 })
    expect(wireReadingsSchema.safeParse([1, 515, 999]).success).toBe(false)
    expect(wireReadingsSchema.safeParse([1, 9000]).success).toBe(false)
  })
})

describe('the size of what a fleet sends all day', () => {
  it('is below 330 bytes for a status with every reading', async () => {
    const { sealed } = await sealRecord({ kind: 'status', ...header, body: status }, author)
    expect(sealed.byteLength).toBeLessThan(330)
  })

  it('is below 330 bytes for ten links', async () => {
    const others = await Promise.all(Array.from({ length: 10 }, () => generateIdentity()))
    const links = others.map(({ id }, index) => ({ peer: shortIdOf(id), rttMs: 30 + index }))
    const { sealed } = await sealRecord({ kind: 'links', ...header, body: { links } }, author)
    expect(sealed.byteLength).toBeLessThan(330)
  })
})

describe('links in records', () => {
  const peer = shortIdOf('12D3KooWaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' as Identity['id'])

  it('come back to a tenth of a millisecond and a per mille', async () => {
    const body: LinksBody = {
      links: [{ peer }, { peer, rttMs: 0.3 }, { peer, rttMs: 12.34, lossRatio: 0.1004 }, { peer, lossRatio: 0.02 }],
    }
    const { sealed } = await sealRecord({ kind: 'links', ...header, body }, author)
    expect(await openRecord(sealed)).toMatchObject({
      body: {
        links: [{ peer }, { peer, rttMs: 0.3 }, { peer, rttMs: 12.3, lossRatio: 0.1 }, { peer, lossRatio: 0.02 }],
      },
    })
  })

  it('of newer software are read as far as they are known', async () => {
    const links = [
      [peer, 15, 20, 'wifi', 5],
      [peer, null, 'later'],
    ]
    const sealed = await seal(unchecked, { kind: 'links', ...header, body: { links } }, author)
    expect(await openRecord(sealed)).toMatchObject({ body: { links: [{ rttMs: 1.5, lossRatio: 0.02 }, { peer }] } })
  })
})

describe('records of newer software', () => {
  it('of an unknown kind, or of a later version of a known one, are opened as far as their header', async () => {
    const alarm = await seal(unchecked, { kind: 'alarm', ...header, keep: 1, body: { loud: true } }, author)
    expect(await openRecord(alarm)).toEqual({
      kind: 'opaque',
      of: 'alarm/1',
      keep: 1,
      ...header,
      author: author.id,
      sealed: alarm,
    })
    const later = await seal(unchecked, { kind: 'status', v: 2, ...header, body: 7 }, author)
    expect(await openRecord(later)).toMatchObject({ kind: 'opaque', of: 'status/2', keep: 256 })
  })

  it('are refused all the same when their header is wrong, and so is a known kind whose body is', async () => {
    for (const payload of [
      { kind: 'alarm', ...header, prev: header.seq },
      { kind: 'alarm', ...header, keep: 100_000 },
      { kind: 'Alarm!', ...header },
      { kind: 'status', ...header, body: { later: true } },
      { kind: 'status', v: 1, ...header, body: {} },
    ]) {
      const sealed = await seal(unchecked, payload, author)
      await expect(openRecord(sealed)).rejects.toMatchObject({ code: 'FRAME_INVALID' })
    }
  })

  it('may say of a health reason what this one has no word for', async () => {
    const reasons = [{ aspect: 'humour', state: 'warn', code: 'not-funny', message: 'It is not funny.' }]
    const body = { intervalMs: 5000, state: 'warn', reasons, readings: [] }
    const sealed = await seal(unchecked, { kind: 'status', ...header, body }, author)
    expect(await openRecord(sealed)).toMatchObject({ body: { reasons: [{ aspect: 'compute', code: 'not-funny' }] } })
  })
})
