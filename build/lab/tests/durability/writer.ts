/**
 * A member that does nothing but write, to be killed at any moment: the real replica on the real storage. Prints JSON lines: `{held}` when
 * it has opened what an earlier life left, then `{ack}` for each write once it resolved. With a file of what a peer has, it writes a little,
 * takes that in, writes on, prints `{all}` that it has, and ends. Words: STATE-FOLDER FLEET CERTIFICATE [FILE].
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeSync } from 'node:fs'
import { loadOrCreateIdentity, openDatabase, openSettings, openStateDirectory, sequenceFile } from '@wrale/host'
import { silentLogger, systemClock } from '@wrale/kernel'
import { fleetIdSchema } from '@wrale/protocol'
import { MemberDirectory, Replica } from '@wrale/replica'
import { recordSchema, sqliteStorage } from '@wrale/replica/sqlite'
import { z } from 'zod'
import { holdingsSchema } from './holdings.ts'

const [folder, fleetText, certificateText, peerFile] = z
  .tuple([z.string(), z.string(), z.string()])
  .rest(z.string())
  .parse(process.argv.slice(2))
const fleet = fleetIdSchema.parse(fleetText)
/** Synchronous, so that what is killed was said. */
const print = (value: object): void => void writeSync(1, `${JSON.stringify(value)}\n`)
const idOf = (sealed: Uint8Array): string => createHash('sha256').update(sealed).digest('base64').slice(0, 12)

const state = await openStateDirectory(folder)
const settings = await openSettings(state.file('settings.json'), z.object({ count: z.number().default(0) }))
const identity = await loadOrCreateIdentity(state.file('identity.key'))
const directory = new MemberDirectory(fleet)
const { role } = await directory.admit(Buffer.from(certificateText, 'base64'), identity.id)
const storage = sqliteStorage(openDatabase(state.file('records.sqlite'), recordSchema), {
  fleet,
  secondPlace: sequenceFile(state.file('records.sequence')),
})
let waitedMs = 0
const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + waitedMs }
const replica = new Replica(
  { identity, clock, storage, directory, logger: silentLogger },
  { volatile: role === 'node' ? ['status'] : [], reserve: 20 },
)
await replica.open()
const held = [...replica.entries()].map(({ record: { seq, kind, sealed } }) => [seq, kind, idOf(sealed)])
print({ held, count: settings.data.count, damaged: storage.damaged ?? settings.damaged ?? null })

const status = { intervalMs: 5000, state: 'ok', reasons: [], readings: {} } as const
if (peerFile === undefined) {
  for (let turn = 0; ; turn++) await work(turn)
} else {
  for (let turn = 0; turn < 4; turn++) await work(turn)
  // As a daemon does: it speaks when it starts, and pulls when it has found somebody.
  const { records, marks } = holdingsSchema.parse(JSON.parse(readFileSync(peerFile, 'utf8')))
  for (const sealed of records) await replica.receive(Buffer.from(sealed, 'base64'), { from: identity.id, ageMs: 0 })
  replica.vouch(marks)
  // It pulls from others too, before it takes its past for complete.
  waitedMs = 20_000
  for (let turn = 4; turn < 12; turn++) await work(turn)
  const own = replica.missingFrom({})
  print({ all: { records: own.records.map(({ sealed }) => Buffer.from(sealed).toString('base64')), marks: own.marks } })
  await replica.close()
  await state.release()
}

async function work(turn: number): Promise<void> {
  if (turn % 10 === 9) {
    await settings.update((data) => void data.count++)
    print({ count: settings.data.count })
  }
  const { seq, kind, sealed } = await write(turn)
  print({ ack: [seq, kind, idOf(sealed)], sealed: Buffer.from(sealed).toString('base64') })
}

function write(turn: number): ReturnType<Replica['setFields']> {
  if (turn % 5 === 4) return replica.write('status', { ...status, reasons: [] })
  if (turn % 5 >= 2 && role === 'station') {
    // Each on an object of its own, so that none takes another's place.
    return replica.setFields({ type: 'node', id: `${process.pid}-${turn}` }, { label: String(turn) })
  }
  return replica.write('event', { name: 'test.turn', severity: 'info', message: String(turn) })
}
