import { labCapability } from '../../lab/src/index.ts'
import { run } from '../../scripts/run.ts'
import { ensureCapabilities } from '../../scripts/test/capabilities.ts'
import type { BenchContext } from '../context.ts'
import { summarise } from '../stats.ts'
import type { Group } from './group.ts'
import { type Results, runRounds } from './rounds.ts'
import { SerfGroup } from './serf.ts'
import { WraleGroup } from './wrale.ts'

const serf = {
  name: 'serf',
  packages: ['serf'],
  isPresent: () =>
    run('serf', ['version'], { output: 'keep' }).then(
      ({ code }) => code === 0,
      () => false,
    ),
}

const units = {
  meet: 'ms',
  idleSent: 'B/s',
  residentMib: 'MiB',
  cpuSecondsPerMinute: 's/min',
  tell: 'ms',
  tellMissed: 'count',
  heal: 'ms',
  killed: 'ms',
  unplugged: 'ms',
} as const satisfies Record<keyof Results, string>

/**
 * The mesh next to HashiCorp Serf, which solves finding, gossip and failure detection (and neither signs what is said nor keeps it), one after the
 * other on equal networks: all members know all, something said reaches all, a member is lost, a split heals, and what idling costs.
 */
export async function contest(size: number, { report, note, skip }: BenchContext): Promise<void> {
  const capability = labCapability()
  if (capability.kind === 'loopback') return skip(capability.reason)
  const missing = (await ensureCapabilities([serf])).get('serf')
  if (missing !== undefined) return skip(`no Serf to compare with: ${missing}`)
  const own = await WraleGroup.create(size)
  const ours = await roundsOf(own, note)
  const theirs = await roundsOf(await SerfGroup.create(size, 'mdns'), note)
  const joined = await roundsOf(await SerfGroup.create(size, 'join'), note)
  report({ name: `serf.${size}.meet-from-listening`, unit: 'ms', samples: [own.metFromListeningMs] })
  for (const [what, unit] of Object.entries(units) as Array<[keyof Results, string]>) {
    const name = `serf.${size}.${what.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    report({ name, unit, samples: ours[what], peer: { name: 'serf mdns', samples: theirs[what] } })
    report({ name: `${name}.join`, unit, samples: ours[what], peer: { name: 'serf join', samples: joined[what] } })
  }
}

async function roundsOf(group: Group, note: (text: string) => void): Promise<Results> {
  await using running = group
  const results = await runRounds(running, note)
  // What was measured is not lost when a later group fails.
  for (const [what, samples] of Object.entries(results) as Array<[keyof Results, readonly number[]]>) {
    const { median, max } = summarise(samples) ?? { median: Number.NaN, max: Number.NaN }
    note(`${group.name}: ${what} median ${median.toPrecision(4)} ${units[what]}, most ${max.toPrecision(4)}`)
  }
  return results
}
