import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeCounters } from '../../lab/src/index.ts'
import type { Group } from './group.ts'

/** What a group of one size showed. Times are ms, rates bytes per second with Ethernet headers. */
export interface Results {
  readonly meet: readonly number[]
  readonly idleSent: readonly number[]
  readonly residentMib: readonly number[]
  readonly cpuSecondsPerMinute: readonly number[]
  readonly tell: readonly number[]
  /** Members that one of the events did not come to, by event. */
  readonly tellMissed: readonly number[]
  readonly heal: readonly number[]
  readonly killed: readonly number[]
  readonly unplugged: readonly number[]
}

/**
 * Between two starts. All members share this computer's processors, and what is measured is how members find each other, not how many
 * programs start a second.
 */
const startGapMs = 3000
const settleMs = 30_000
const idleMs = 60_000
const tellRounds = 20
const splitMs = 30_000
const lossesEach = 3
const restMs = 3_000

/** The rounds of a contest, one after the other, on a group that is not started yet. Members are lost from the end. */
export async function runRounds(group: Group, note: (text: string) => void): Promise<Results> {
  const meet = [await group.meet(startGapMs)]
  note(`${group.name}: ${group.members.length} members met`)
  await sleep(settleMs)
  const idle = await idleRound(group)
  const [tell, tellMissed]: [number[], number[]] = [[], []]
  for (let round = 0; round < tellRounds; round++) {
    const { timesMs, missed } = await group.tell()
    tell.push(...timesMs)
    tellMissed.push(missed)
  }
  note(`${group.name}: events told`)
  const heal = [await splitRound(group)]
  note(`${group.name}: split and healed`)
  await sleep(restMs)
  const killed: number[] = []
  const unplugged: number[] = []
  let last = group.members.length - 1
  for (let round = 0; round < lossesEach; round++) {
    killed.push(await killRound(group, last--))
    await sleep(restMs)
    unplugged.push(await unplugRound(group, last--))
    await sleep(restMs)
  }
  return { meet, ...idle, tell, tellMissed, heal, killed, unplugged }
}

type Idle = Pick<Results, 'idleSent' | 'residentMib' | 'cpuSecondsPerMinute'>

async function idleRound(group: Group): Promise<Idle> {
  const cpuOf = (): number[] => group.members.map(({ process }) => process.usage().cpuSeconds)
  const [before, cpuBefore, startMs] = [await group.lab.counters(), cpuOf(), performance.now()]
  await sleep(idleMs)
  const [after, cpuAfter, endMs] = [await group.lab.counters(), cpuOf(), performance.now()]
  const seconds = (endMs - startMs) / 1000
  const rates = (pick: (counters: NodeCounters) => number): number[] =>
    group.members.flatMap(({ machine }) => {
      const [first, second] = [before.get(machine), after.get(machine)]
      return first === undefined || second === undefined ? [] : [(pick(second) - pick(first)) / seconds]
    })
  return {
    idleSent: rates(({ sent }) => sent.bytes),
    residentMib: group.members.map(({ process }) => process.usage().residentBytes / 2 ** 20),
    cpuSecondsPerMinute: cpuAfter.map((cpu, index) => ((cpu - (cpuBefore[index] ?? 0)) / seconds) * 60),
  }
}

/** @returns from the repair of the network until all is well again */
async function splitRound(group: Group): Promise<number> {
  const numbers = group.lab.nodes.map(({ index }) => index)
  const half = Math.ceil(numbers.length / 2)
  const side = (indexes: readonly number[]) => indexes.map((index) => group.lab.node(index))
  await group.lab.partition(side(numbers.slice(0, half)), side(numbers.slice(half)))
  await sleep(splitMs / 2)
  await group.mutter()
  await sleep(splitMs / 2)
  await group.lab.heal()
  const healedMs = Date.now()
  return (await group.healed()) - healedMs
}

async function killRound(group: Group, index: number): Promise<number> {
  const startMs = Date.now()
  const shown = group.shownLost(index)
  await group.members[index]?.process.destroy()
  return (await shown) - startMs
}

async function unplugRound(group: Group, index: number): Promise<number> {
  const member = group.members[index]
  if (member === undefined) return Number.NaN
  const startMs = Date.now()
  const shown = group.shownLost(index)
  await group.lab.node(member.machine).linkDown()
  const lostMs = await shown
  // It would go on alone, and is not needed any more.
  await member.process.destroy()
  return lostMs - startMs
}
