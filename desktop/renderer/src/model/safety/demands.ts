import type { OverrideView, SafetyView, Wish, WishKind } from '@wrale/protocol/node'
import { formatRatio } from '../format.ts'
import { sentence } from './policies.ts'

type Demands = SafetyView['demands']
export type WriteMode = Demands['writes']

/** Something that the policies decide and an operator may decide instead, for a time. */
export interface DemandRow {
  readonly kind: WishKind
  readonly label: string
  /** What holds now, whoever said so. */
  readonly now: string
  /** It is not as it would be if nothing were wrong. */
  readonly held: boolean
  readonly override: OverrideView | undefined
}

const labels: Readonly<Record<WishKind, string>> = {
  fan: 'Fan',
  'cpu-limit': 'Processor',
  services: 'Services',
  writes: 'Writing to storage',
  alarm: 'Alarm',
  'stay-on': 'Power',
}

export const kinds = [
  'fan',
  'cpu-limit',
  'services',
  'writes',
  'alarm',
  'stay-on',
] as const satisfies readonly WishKind[]

export function kindLabel(kind: WishKind): string {
  return labels[kind]
}

export const writeWords: Readonly<Record<WriteMode, string>> = {
  usual: 'as usual',
  sparing: 'less than usual',
  essential: 'only what must survive',
  none: 'nothing',
}

/** All that is in effect, overrides included. */
export function demandRows({ demands, overrides }: Pick<SafetyView, 'demands' | 'overrides'>): readonly DemandRow[] {
  const { fanDuty, cpuRatio, keepFrom, writes, alarm, powerDown } = demands
  const row = (kind: WishKind, now: string, held: boolean): DemandRow => ({
    kind,
    label: labels[kind],
    now,
    held,
    override: overrides.find(({ what }) => what.kind === kind),
  })
  return [
    row('fan', formatRatio(fanDuty), false),
    row('cpu-limit', cpuRatio >= 1 ? 'full speed' : `up to ${formatRatio(cpuRatio)}`, cpuRatio < 1),
    row('services', servicesText(keepFrom), keepFrom > 0),
    row('writes', writeWords[writes], writes !== 'usual'),
    row('alarm', alarm ? 'on' : 'off', alarm),
    row('stay-on', powerDown === undefined ? 'stays on' : `shuts down: ${powerDown.reason}`, powerDown !== undefined),
  ]
}

function servicesText(keepFrom: number): string {
  return keepFrom === 0 ? 'all run' : `only from priority ${keepFrom}`
}

/** The wish to begin with: what holds now. */
export function presentWish(kind: WishKind, { fanDuty, cpuRatio, keepFrom, writes, alarm }: Demands): Wish {
  switch (kind) {
    case 'fan':
      return { kind, duty: Math.round(fanDuty * 100) / 100 }
    case 'cpu-limit':
      return { kind, ratio: Math.round(cpuRatio * 100) / 100 }
    case 'services':
      return { kind, keepFrom }
    case 'writes':
      return { kind, mode: writes }
    case 'alarm':
      return { kind, on: !alarm }
    case 'stay-on':
      return { kind }
  }
}

/** What an override does, in words and numbers. */
export function overrideConsequences(what: Wish, demands: Demands, lasts: string): readonly string[] {
  return [...effects(what, demands), `It ends by itself after ${lasts}, or when somebody ends it.`, lastResort(what)]
}

/** The same for whoever reads whole percents. */
const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 0.005

function effects(what: Wish, demands: Demands): readonly string[] {
  switch (what.kind) {
    case 'fan':
      return [
        isNear(what.duty, demands.fanDuty)
          ? `The fan stays at ${formatRatio(what.duty)}, whatever the temperature becomes.`
          : `The fan runs at ${formatRatio(what.duty)}, whatever the temperature is; now it is ${formatRatio(demands.fanDuty)}.`,
        ...(what.duty < demands.fanDuty
          ? ['The machine gets warmer. Too warm, the processor is slowed down and services are stopped.']
          : []),
      ]
    case 'cpu-limit':
      return [
        what.ratio >= 1
          ? 'The processor runs at full speed, however hot it is and whatever feeds it.'
          : isNear(what.ratio, demands.cpuRatio)
            ? `The processor stays at up to ${formatRatio(what.ratio)}, whatever happens.`
            : `The processor runs at up to ${formatRatio(what.ratio)}; now it is ${formatRatio(demands.cpuRatio)}.`,
      ]
    case 'services':
      return [
        what.keepFrom === 0
          ? 'All services run, however hot the machine is and however little its battery has left.'
          : `Services below priority ${what.keepFrom} are stopped, those from ${what.keepFrom} on run.`,
        ...(demands.locked ? ['While the machine is locked down it changes nothing.'] : []),
      ]
    case 'writes':
      return [
        `To the storage is written ${writeWords[what.mode]}.`,
        ...(demands.writes === 'none' ? ['A storage that has become read-only stays so: it changes nothing now.'] : []),
      ]
    case 'alarm':
      return [what.on ? 'The alarm is on.' : 'The alarm is off, even when a sign of tampering is seen.']
    case 'stay-on':
      return ['The machine stays on although a policy wants to shut it down.']
  }
}

function lastResort({ kind }: Wish): string {
  return kind === 'alarm' || kind === 'writes'
    ? 'Your reason is kept in the fleet’s log.'
    : 'At its hard limit of heat, or with an empty battery, the machine shuts down all the same. Your reason is kept in the fleet’s log.'
}

const spans = [
  { seconds: 300, label: '5 min' },
  { seconds: 900, label: '15 min' },
  { seconds: 1800, label: '30 min' },
  { seconds: 3600, label: '1 h' },
  { seconds: 4 * 3600, label: '4 h' },
  { seconds: 86_400, label: '1 day' },
] as const

/** How long an override may be asked for, as far as the node allows it; never empty. */
export function overrideSpans(maxSeconds: number): readonly { readonly seconds: number; readonly label: string }[] {
  const allowed = spans.filter(({ seconds }) => seconds <= maxSeconds)
  return allowed.length > 0 ? allowed : [{ seconds: maxSeconds, label: `${maxSeconds} s` }]
}

/** A priority from 0 to 100; undefined for anything else. */
export function parsePriority(text: string): number | undefined {
  const number = /^\d{1,3}$/.exec(text.trim())
  const priority = number === null ? undefined : Number(number[0])
  return priority !== undefined && priority <= 100 ? priority : undefined
}

/** Why an override was not taken, as a sentence. */
export function refusalText(message: string): string {
  return sentence(message.replace(/^The (override|reset) was refused: /, ''))
}
