import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { systemClock } from '@wrale/kernel'
import { encodeCbor, shortIdOf } from '@wrale/protocol'
import { openRecord } from '@wrale/protocol/signing'
import { hashDigest } from '@wrale/protocol/wire'
import { eventBody, inventoryBody, statusBody, TestFleet, type TestMember } from '@wrale/replica/testing'
import { AuthorLogs } from '../../../shared/replica/src/author-logs.ts'
import { entryOf } from '../../../shared/replica/src/author-log.ts'
import {
  concernsParts,
  framesOf,
  partHashes,
  requestFor,
  selectionFor,
} from '../../../shared/mesh/src/replication/sync-frames.ts'
import type { BenchContext } from '../context.ts'

const authors = 100
const recordsPerAuthor = 100
/** Records of which the time is taken together. */
const batch = 1000
const missing = 10
/** Authors of the fleet whose memory is measured. */
const manyAuthors = 1000

interface Said {
  readonly author: string
  readonly sealed: Uint8Array
}

/** The record store alone, without a network: merging, what a repair sends, and memory. */
export async function replica({ report, note }: BenchContext): Promise<void> {
  const fleet = await TestFleet.create()
  const said = await speak(fleet, authors, recordsPerAuthor)
  note(`${said.length} records of ${authors} authors: inventory, status, links and events`)

  const reader = await fleet.member('reader')
  const merge = async (sealed: Uint8Array): Promise<void> => {
    await reader.replica.receive(sealed, { from: reader.identity.id, ageMs: 0 })
  }
  report({ name: 'replica.merge', unit: '1/s', samples: await ratesOf(said, ({ sealed }) => merge(sealed)) })
  const opened = await Promise.all(said.map(({ sealed }) => openRecord(sealed)))
  const logs = new AuthorLogs(() => undefined, {
    maxAuthors: 4096,
    retention: { events: 256, operationsPerObject: 32 },
  })
  const heard = { heardAtMonotonicMs: 0, heardAtWallMs: 0 }
  const rates = await ratesOf(opened, (record) => void logs.of(record.author).add(entryOf(record, heard)))
  report({ name: 'replica.merge.opened', unit: '1/s', samples: rates })

  const last = new Set(lastOfEach(said, missing))
  report({ name: 'replica.repair.latest', unit: 'B', samples: [await repairBytes(fleet, reader, said, last)] })
  const step = Math.floor(said.length / missing)
  const anywhere = new Set(said.filter((_, index) => index % step === step >> 1))
  report({ name: 'replica.repair.anywhere', unit: 'B', samples: [await repairBytes(fleet, reader, said, anywhere)] })
  await measureMany(fleet, { report, note })
}

async function measureMany(fleet: TestFleet, { report, note }: Pick<BenchContext, 'report' | 'note'>): Promise<void> {
  let records: Said[] = await speak(fleet, manyAuthors, 5)
  const count = records.length
  const bytes = records.reduce((sum, { sealed }) => sum + sealed.byteLength, 0)
  const before = heapBytes()
  const station = await fleet.member('station')
  // Copied as what comes over a network is: each record has its bytes for itself.
  for (const { sealed } of records)
    await station.replica.receive(Uint8Array.from(sealed), { from: station.identity.id, ageMs: 0 })
  const sample = records.at(-1)
  records = []
  const held = heapBytes() - before
  note(`${manyAuthors} authors: ${count} records of ${bytes} sealed bytes, certificates included`)
  report({ name: 'replica.memory.1000-authors', unit: 'MiB', samples: [held / 2 ** 20] })
  const digest: number[] = []
  const hash: number[] = []
  for (let round = 0; round < 20; round++) {
    await station.replica.write('event', eventBody(`round ${round}`))
    digest.push(microseconds(() => station.replica.digest()))
    hash.push(microseconds(() => hashDigest(station.replica.digest())))
  }
  report({ name: 'replica.digest.1000-authors', unit: 'us', samples: digest })
  report({ name: 'replica.digest-hash.1000-authors', unit: 'us', samples: hash })
  if (sample !== undefined) await station.replica.receive(sample.sealed, { from: station.identity.id, ageMs: 0 })
}

/** Inventory, status and links of each author, and events, in the order in which a fleet would write them. */
async function speak(fleet: TestFleet, count: number, each: number): Promise<Said[]> {
  const members: TestMember[] = []
  for (let index = 0; index < count; index++) members.push(await fleet.member(`node-${index}`))
  const peers = members.slice(0, 10).map(({ identity }) => ({ peer: shortIdOf(identity.id), rttMs: 1.5 }))
  const said: Said[] = []
  for (let round = 0; round < each; round++) {
    for (const { replica: own, certificate, identity } of members) {
      const record =
        round === 0
          ? await own.write('inventory', inventoryBody(certificate.name, certificate))
          : round === 1
            ? await own.write('status', statusBody(50))
            : round === 2
              ? await own.write('links', { links: peers })
              : await own.write('event', eventBody(`event ${round}`))
      said.push({ author: identity.id, sealed: record.sealed })
    }
  }
  for (const { replica: own } of members) await own.close()
  return said
}

function lastOfEach(said: readonly Said[], count: number): Said[] {
  return [...new Map(said.map((one) => [one.author, one])).values()].slice(0, count)
}

/** Bytes of every frame of the pull by which a member that lacks some records gets them. */
async function repairBytes(
  fleet: TestFleet,
  whole: TestMember,
  said: readonly Said[],
  lacking: ReadonlySet<Said>,
): Promise<number> {
  const member = await fleet.member('lacking')
  for (const one of said)
    if (!lacking.has(one)) await member.replica.receive(one.sealed, { from: whole.identity.id, ageMs: 0 })
  const [mine, theirs] = [member.replica.digest(), whole.replica.digest()]
  const request = requestFor(mine)
  const frames: unknown[] = [request]
  if (request.have === undefined) {
    const parts = partHashes(theirs)
    const selection = selectionFor(mine, parts)
    frames.push({ parts }, selection)
    frames.push(...framesOf(whole.replica.missingFrom(selection.have, concernsParts(selection.parts))))
  } else frames.push(...framesOf(whole.replica.missingFrom(request.have)))
  await member.replica.close()
  return frames.reduce<number>((sum, frame) => sum + encodeCbor(frame).byteLength, 0)
}

async function ratesOf<T>(items: readonly T[], work: (item: T) => Promise<void> | void): Promise<number[]> {
  const rates: number[] = []
  for (let from = 0; from + batch <= items.length; from += batch) {
    const startedAtMs = systemClock.monotonicMs()
    for (const item of items.slice(from, from + batch)) await work(item)
    rates.push((batch * 1000) / (systemClock.monotonicMs() - startedAtMs))
  }
  return rates
}

function microseconds(work: () => unknown): number {
  const startedAtMs = systemClock.monotonicMs()
  work()
  return (systemClock.monotonicMs() - startedAtMs) * 1000
}

/** Memory that is in use after a collection, byte arrays included. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
