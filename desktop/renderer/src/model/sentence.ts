import type { HealthAspect, HealthReason } from '@wrale/protocol'
import type { Fleet, Node as FleetNode } from '@wrale/protocol/api'
import { ago, counted, formatMetric, formatRatio } from './format.ts'
import { bestWitness, diskRatio, memoryRatio } from './readings.ts'
import { bySeverity, isSilent, isUnseen, needsAttention } from './state.ts'

/** A piece of the opening sentence; a piece with a node is a link to it. */
export interface SentencePart {
  readonly text: string
  readonly node?: { readonly id: string; readonly name: string }
}

/** How urgent the sentence is; the screen takes its tone from it. */
export type Tone = 'calm' | 'attention' | 'blind' | 'empty'

export interface Sentence {
  readonly tone: Tone
  readonly parts: readonly SentencePart[]
}

/** More than this many nodes in one sentence nobody reads. */
const namedNodes = 2

type Phrases = Readonly<Record<'warn' | 'fail', string>>

/** What nodes say most, in words that follow a name. */
const knownTroubles: Readonly<Record<string, Phrases>> = {
  'temperature-high': { warn: 'is running hot', fail: 'is overheating' },
  'fan-stalled': { warn: 'has a stalled fan', fail: 'has a stalled fan' },
  throttled: { warn: 'slows itself down', fail: 'slows itself down' },
  'under-voltage': { warn: 'gets too low a voltage', fail: 'gets too low a voltage' },
  'on-battery': { warn: 'runs on its battery', fail: 'runs on its battery' },
  'battery-low': { warn: 'is low on battery', fail: 'is nearly out of battery' },
  'memory-high': { warn: 'is short of memory', fail: 'is out of memory' },
  'disk-high': { warn: 'is short of disk', fail: 'is out of disk' },
  'clock-not-set': { warn: 'has no set clock', fail: 'has no set clock' },
  'sensor-nonsense': { warn: 'has a sensor that gives nonsense', fail: 'has a sensor that gives nonsense' },
}

/** For what a newer node may say. */
const troubles: Readonly<Record<HealthAspect, Phrases>> = {
  thermal: { warn: 'has trouble with heat', fail: 'is failing with heat' },
  power: { warn: 'has trouble with power', fail: 'is losing power' },
  compute: { warn: 'is busy', fail: 'is overloaded' },
  memory: { warn: 'has trouble with memory', fail: 'is failing with memory' },
  storage: { warn: 'has trouble with storage', fail: 'is failing with storage' },
  network: { warn: 'has a weak network', fail: 'has a failing network' },
  time: { warn: 'has trouble with its clock', fail: 'has a wrong clock' },
  tamper: { warn: 'may have been opened', fail: 'has been tampered with' },
  sensor: { warn: 'has a silent sensor', fail: 'has lost a sensor' },
}

/** The one reading that proves the trouble, when the node has it. */
function proof(aspect: HealthAspect, { readings, powerSource }: FleetNode): string | undefined {
  switch (aspect) {
    case 'thermal':
      return readings.temperatureCelsius === undefined
        ? undefined
        : formatMetric('temperatureCelsius', Math.round(readings.temperatureCelsius)).replace('.0', '')
    case 'power':
      if (powerSource === 'battery' && readings.batteryRatio !== undefined)
        return `battery ${formatRatio(readings.batteryRatio)}`
      return readings.supplyVolts === undefined ? undefined : formatMetric('supplyVolts', readings.supplyVolts)
    case 'compute':
      return readings.cpuBusyRatio === undefined ? undefined : `CPU ${formatRatio(readings.cpuBusyRatio)}`
    case 'memory': {
      const ratio = memoryRatio(readings)
      return ratio === undefined ? undefined : `${formatRatio(ratio)} used`
    }
    case 'storage': {
      const ratio = diskRatio(readings)
      return ratio === undefined ? undefined : `${formatRatio(ratio)} used`
    }
    case 'network':
    case 'time':
    case 'tamper':
    case 'sensor':
      return undefined
  }
}

/** What is wrong with one node, to be said after its name: "is overheating (81 °C, fan stalled)". */
export function predicate(node: FleetNode, nowMs: number): string {
  if (node.state === 'lost' || node.state === 'stale') {
    const verb = node.state === 'lost' ? 'was last seen' : 'has been quiet; last heard'
    if (node.lastSeen === null) return 'has never been heard'
    const witness = bestWitness(node)
    const by = witness === undefined ? '' : ` by ${witness.name}`
    return `${verb} ${ago(nowMs - Date.parse(node.lastSeen))}${by}`
  }
  if (node.state === 'unknown') return 'has not spoken yet'
  if (node.state === 'ok') return 'is well'
  const worst = chiefReason(node.reasons)
  if (worst === undefined) return node.state === 'fail' ? 'says it is failing' : 'says it is not well'
  const others = node.reasons.filter((reason) => reason !== worst)
  const details = [proof(worst.aspect, node), ...others.map(({ code }) => code.replaceAll('-', ' '))]
  const shown = details.filter((detail) => detail !== undefined).slice(0, 2)
  const phrase = (knownTroubles[worst.code] ?? troubles[worst.aspect])[worst.state]
  return `${phrase}${shown.length === 0 ? '' : ` (${shown.join(', ')})`}`
}

/** The worst; among equals the heat itself before what causes it. */
function chiefReason(reasons: readonly HealthReason[]): HealthReason | undefined {
  const failing = reasons.filter(({ state }) => state === 'fail')
  const worst = failing.length > 0 ? failing : reasons
  return worst.find(({ code }) => code === 'temperature-high') ?? worst[0]
}

/** What the sentence may rely on. */
export interface Sight {
  readonly station: Fleet['station'] | undefined
  /** This page hears its station. */
  readonly connected: boolean
}

/** The overview's first words: what is wrong, where, since when. */
export function openingSentence(nodes: readonly FleetNode[], sight: Sight, nowMs: number): Sentence {
  if (nodes.length === 0) return { tone: 'empty', parts: [{ text: 'No node has joined this fleet yet.' }] }
  const blind = blindSentence(nodes, sight)
  if (blind !== undefined) return { tone: 'blind', parts: [{ text: blind }] }
  const troubled = nodes.filter(needsAttention).toSorted(bySeverity)
  if (troubled.length === 0) return { tone: 'calm', parts: wellParts(nodes) }
  const verb = troubled.length === 1 ? 'needs' : 'need'
  const parts: SentencePart[] = [{ text: `${troubled.length} of ${counted(nodes.length, 'node')} ${verb} you: ` }]
  const named = troubled.slice(0, troubled.length === namedNodes + 1 ? namedNodes + 1 : namedNodes)
  for (const [index, node] of named.entries()) {
    if (index > 0) parts.push({ text: '; ' })
    parts.push({ text: node.name, node: { id: node.id, name: node.name } }, { text: ` ${predicate(node, nowMs)}` })
  }
  const rest = troubled.length - named.length
  parts.push({ text: rest === 0 ? '.' : `; and ${rest} more.` })
  return { tone: 'attention', parts }
}

/** Who cannot see must not say that the nodes are the trouble. */
function blindSentence(nodes: readonly FleetNode[], { station, connected }: Sight): string | undefined {
  const unseen = nodes.filter(isUnseen).length
  if (!connected && unseen > 0) return `This page does not hear its station. ${mayBeWell(unseen, nodes.length)}`
  if (station?.link === 'down') return 'This station has no network, so it cannot see the fleet.'
  if (station?.link !== 'alone') return undefined
  if (unseen > 0) return `This station reaches no member. ${mayBeWell(unseen, nodes.length)}`
  if (nodes.every(isSilent)) return `This station reaches no member. ${mayBeWell(nodes.length, nodes.length)}`
  return undefined
}

function mayBeWell(count: number, all: number): string {
  if (all === 1) return 'The one node may be well.'
  return count === all ? `All ${all} nodes may be well.` : `${count} of ${all} nodes may be well.`
}

function wellParts(nodes: readonly FleetNode[]): SentencePart[] {
  const silent = nodes.filter(({ state }) => state === 'unknown').length
  if (silent === 0)
    return [{ text: nodes.length === 1 ? 'The one node is well.' : `All ${nodes.length} nodes are well.` }]
  if (silent === nodes.length)
    return [{ text: `${counted(silent, 'node')} joined and ${silent === 1 ? 'has' : 'have'} not spoken yet.` }]
  return [
    {
      text: `${counted(nodes.length - silent, 'node is', 'nodes are')} well; ${silent} ${silent === 1 ? 'has' : 'have'} not spoken yet.`,
    },
  ]
}

export function sentenceText({ parts }: Sentence): string {
  return parts.map(({ text }) => text).join('')
}
