import { silentLogger } from '@wrale/kernel'
import { VirtualClock } from '@wrale/kernel/testing'
import { metricsAnswerSchema } from '@wrale/protocol/api'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../store/database.ts'
import { FakeRecords } from '../../testing/fake-records.ts'
import { idOf } from '../../testing/ids.ts'
import { temporaryFolder } from '../../testing/temporary-folder.ts'
import { History, type HistoryOptions } from './history.ts'
import { SampleStore } from './sample-store.ts'

const roof = idOf(1)
const gate = idOf(2)

describe('History', () => {
  let file: string
  let clock: VirtualClock
  let records: FakeRecords
  let database: Database
  let history: History

  const open = async (options: HistoryOptions = {}): Promise<void> => {
    database = openDatabase(file)
    history = new History({ store: new SampleStore(database), records, clock, logger: silentLogger }, options)
    await history.start()
  }
  const say = (node: typeof roof, temperatureCelsius: number): void =>
    records.say(node, { name: 'a', readings: { temperatureCelsius } })
  const rows = (): number => Number(database.prepare('SELECT count(*) AS n FROM sample').get()?.['n'])
  const temperatures = (node = roof, step = 1): Array<[number, number]> =>
    history
      .query(node, {
        from: new Date(clock.wallMs() - 60_000).toISOString(),
        to: new Date(clock.wallMs()).toISOString(),
        step,
      })
      .series.find(({ metric }) => metric === 'temperatureCelsius')?.points ?? []

  beforeEach(async () => {
    file = join(temporaryFolder(), 'station.db')
    clock = new VirtualClock()
    records = new FakeRecords(clock)
    await open()
  })

  afterEach(async () => {
    await history.stop()
    database.close()
  })

  it('answers with the newest sample at once, and with the same when it is on disk', async () => {
    say(roof, 50)
    expect(rows()).toBe(0)
    const before = temperatures()
    expect(before).toEqual([[clock.wallMs(), 50]])
    const at = clock.wallMs()
    await clock.advance(2000)
    expect(rows()).toBe(1)
    expect(temperatures()).toEqual([[at, 50]])
  })

  it('takes means over steps, of stored and waiting samples together', async () => {
    say(roof, 40)
    await clock.advance(3000)
    say(roof, 60)
    say(gate, 99)
    expect(rows()).toBe(1)
    expect(temperatures(roof, 10)).toEqual([[clock.wallMs() - 3000, 50]])
  })

  it('has no point where there was no sample, and no series of what a board cannot measure', async () => {
    say(roof, 40)
    await clock.advance(10_000)
    say(roof, 41)
    expect(temperatures()).toHaveLength(2)
    const answer = metricsAnswerSchema.parse(history.query(roof, {}))
    expect(answer.series.map(({ metric }) => metric)).toEqual(['temperatureCelsius'])
    expect(answer.stepSeconds).toBe(12)
    expect(history.query(gate, {}).series).toEqual([])
  })

  it('survives a restart', async () => {
    say(roof, 40)
    await history.stop()
    database.close()
    await open()
    expect(temperatures()).toHaveLength(1)
  })

  it('forgets what is older than a day', async () => {
    say(roof, 40)
    await clock.advance(86_400_000)
    say(roof, 41)
    await clock.advance(120_000)
    expect(rows()).toBe(1)
  })

  it('keeps the newest of each node when there are too many rows', async () => {
    await history.stop()
    database.close()
    await open({ maxRows: 20 })
    for (let sample = 0; sample < 30; sample++) {
      say(roof, sample)
      if (sample === 0) say(gate, 7)
      await clock.advance(1000)
    }
    await clock.advance(60_000)
    expect(database.prepare('SELECT node, count(*) AS n FROM sample GROUP BY node').all()).toEqual([
      { node: 1, n: 10 },
      { node: 2, n: 1 },
    ])
    expect(
      Number(database.prepare('SELECT min("temperatureCelsius") AS t FROM sample WHERE node = 1').get()?.['t']),
    ).toBe(20)
  })

  it('goes on when the disk refuses, drops the oldest when that lasts, and writes the rest when it is over', async () => {
    await history.stop()
    database.close()
    await open({ maxWaiting: 3 })
    database.exec('ALTER TABLE sample RENAME TO away')
    for (let sample = 0; sample < 5; sample++) {
      say(roof, sample)
      await clock.advance(2000)
    }
    expect(history.failing).toBe(true)
    expect(history.dropped).toBe(2)
    database.exec('ALTER TABLE away RENAME TO sample')
    await clock.advance(2000)
    expect(history.failing).toBe(false)
    expect(rows()).toBe(3)
  })
})
