import type { HealthAspect } from '@wrale/protocol'
import type { Fleet, Node as FleetNode } from '@wrale/protocol/api'
import { ago, counted, formatMetric, formatRatio } from './format.ts'
import { bestWitness, diskRatio, memoryRatio } from './readings.ts'
import { bySeverity, needsAttention } from './state.ts'

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

const troubles: Readonly<Record<HealthAspect, Readonly<Record<'warn' | 'fail', string>>>> = {
  thermal: { warn: 'is running hot', fail: 'is overheating' },
  power: { warn: 'has a weak supply', fail: 'is losing power' },
  compute: { warn: 'is busy', fail: 'is overloaded' },
  memory: { warn: 'is short of memory', fail: 'is out of memory' },
  storage: { warn: 'is short of disk', fail: 'is out of disk' },
  network: { warn: 'has a weak network', fail: 'has a failing network' },
  time: { warn: 'has a drifting clock', fail: 'has a wrong clock' },
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
  const [worst, ...others] = node.reasons
  if (worst === undefined) return node.state === 'fail' ? 'says it is failing' : 'says it is not well'
  const details = [proof(worst.aspect, node), ...others.map(({ code }) => code.replaceAll('-', ' '))]
  const shown = details.filter((detail) => detail !== undefined).slice(0, 2)
  return `${troubles[worst.aspect][worst.state]}${shown.length === 0 ? '' : ` (${shown.join(', ')})`}`
}

/** The overview's first words: what is wrong, where, since when. */
export function openingSentence(
  nodes: readonly FleetNode[],
  station: Fleet['station'] | undefined,
  nowMs: number,
): Sentence {
  if (nodes.length === 0) return { tone: 'empty', parts: [{ text: 'No node has joined this fleet yet.' }] }
  const troubled = nodes.filter(needsAttention).toSorted(bySeverity)
  if (station?.link === 'down')
    return { tone: 'blind', parts: [{ text: 'This station has no network, so it cannot see the fleet.' }] }
  if (station?.link === 'alone' && troubled.length === nodes.length) {
    return {
      tone: 'blind',
      parts: [{ text: `This station reaches no member. All ${counted(nodes.length, 'node')} may be well.` }],
    }
  }
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
