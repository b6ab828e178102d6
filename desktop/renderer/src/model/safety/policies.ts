import type { SafetyView } from '@wrale/protocol/node'

export type Level = 'ok' | 'warn' | 'fail' | 'unknown'
type Policy = SafetyView['policies'][number]

/** One step of a policy's state machine. */
export interface Rung {
  readonly id: string
  readonly word: string
  /** What holds on it. */
  readonly does: string
  readonly level: Level
}

export interface Ladder {
  /** Of what; only where a policy has more than one. */
  readonly title?: string
  /** The calmest first. */
  readonly rungs: readonly Rung[]
  /** Undefined: it stands on none of them. */
  readonly current: number | undefined
  /** What is known instead, when it stands on none. */
  readonly instead?: string
}

const rung = (id: string, word: string, does: string, level: Level): Rung => ({ id, word, does, level })

const thermal = [
  rung('normal', 'Normal', 'The fan follows its curve', 'ok'),
  rung('fan', 'Full fan', 'The fan runs at full speed', 'warn'),
  rung('throttle', 'Slowed', 'The processor is slowed down', 'warn'),
  rung('stopSome', 'Fewer services', 'Less important services are stopped', 'warn'),
  rung('stopMost', 'Few services', 'All but the most important services are stopped', 'fail'),
  rung('shutdown', 'Shutdown', 'The machine is shut down', 'fail'),
]

const power = [
  rung('mains', 'Mains', 'Nothing is held back', 'ok'),
  rung('brown-out', 'Brown-out', 'The supply sags: the processor is slowed down', 'warn'),
  rung('on-battery', 'On battery', 'The processor is slowed a little', 'warn'),
  rung('low', 'Battery low', 'Less important services are stopped, only what must survive is written', 'warn'),
  rung('critical', 'Battery critical', 'The machine is shut down while it still can', 'fail'),
]

export const tamperRungs = [
  rung('clear', 'Clear', 'No sign is latched', 'ok'),
  rung('noticed', 'Noticed', 'A sign was written down, and nothing else was done', 'warn'),
  rung('alarm', 'Alarm', 'The fleet was told at once, and the alarm is on', 'fail'),
  rung('locked', 'Locked', 'Locked down: alarm on, less important services stopped', 'fail'),
] as const

const ambient = [
  rung('cold', 'Cold', 'Colder than the machine is made for', 'warn'),
  rung('normal', 'Normal', 'A temperature to work in', 'ok'),
  rung('hot', 'Hot', 'The fan runs faster than its curve', 'warn'),
]
const moisture = [
  rung('dry', 'Dry', 'Dry enough', 'ok'),
  rung('humid', 'Humid', 'The air is humid', 'warn'),
  rung('condensation', 'Condensation', 'Water may settle on the machine', 'fail'),
]
const space = [
  rung('enough', 'Enough', 'Written to as usual', 'ok'),
  rung('low', 'Low', 'Less is written', 'warn'),
  rung('full', 'Full', 'Only what must survive is written', 'fail'),
]
const wear = [
  rung('within', 'Within', 'Within what it may write in a day', 'ok'),
  rung('sparing', 'Sparing', 'Less is written', 'warn'),
  rung('capped', 'Capped', 'Only what must survive is written', 'fail'),
]

const titles: Readonly<Record<string, string>> = {
  thermal: 'Heat',
  power: 'Power',
  tamper: 'Tamper',
  environment: 'Surroundings',
  storage: 'Storage',
  interlock: 'Override',
  actuator: 'Device',
}

export function policyTitle(name: string): string {
  return titles[name] ?? name
}

/** State machines of a policy, each with where it stands. Empty for a policy that this page does not know. */
export function laddersOf({ name, state }: Pick<Policy, 'name' | 'state'>): readonly Ladder[] {
  const [first = '', second = ''] = state.split(', ')
  switch (name) {
    case 'thermal':
      return [at(thermal, first, 'No temperature can be trusted: the fan runs at its safe speed')]
    case 'power':
      return [at(power, first)]
    case 'tamper':
      return [at(tamperRungs, first)]
    case 'environment':
      return [
        { title: 'Air', ...at(ambient, first, 'Not measured') },
        { title: 'Moisture', ...at(moisture, second, 'Not measured') },
      ]
    case 'storage':
      if (state === 'read-only') return [at(space, state, 'Read-only: nothing is written to it')]
      return [
        { title: 'Space', ...at(space, first, 'Not measured') },
        { title: 'Written in a day', ...at(wear, second, 'Not measured') },
      ]
    default:
      return []
  }
}

function at(rungs: readonly Rung[], state: string, instead = state): Ladder {
  const index = rungs.findIndex(({ id }) => id === state)
  return index === -1 ? { rungs, current: undefined, instead } : { rungs, current: index }
}

const graver: readonly Level[] = ['unknown', 'ok', 'warn', 'fail']
/** States that need a person and are on no ladder. */
const oddLevels: Readonly<Record<string, Level>> = { blind: 'fail', 'read-only': 'fail' }

/** The worst that a policy stands on. */
export function policyLevel(policy: Pick<Policy, 'name' | 'state'>): Level {
  const odd = oddLevels[policy.state]
  if (odd !== undefined) return odd
  return laddersOf(policy)
    .map(({ rungs, current }) => (current === undefined ? 'unknown' : (rungs[current]?.level ?? 'unknown')))
    .reduce<Level>((worst, level) => (graver.indexOf(level) > graver.indexOf(worst) ? level : worst), 'unknown')
}

/** A state in the words of its policy's ladders; as the node says it where there are none. */
export function stateWord(policy: string, state: string): string {
  const rungs = laddersOf({ name: policy, state }).flatMap((ladder) => ladder.rungs)
  return rungs.find(({ id }) => id === state)?.word.toLowerCase() ?? state
}

/** The tab's first words: what is held back and why, or that nothing is. Tampering has a tab of its own and comes last. */
export function safetySentence({ policies, demands, overrides, failing }: SafetyView): string {
  if (demands.powerDown !== undefined) return sentence(demands.powerDown.reason)
  const weight = (policy: Policy): number => (policy.name === 'tamper' ? 0 : graver.indexOf(policyLevel(policy)))
  const [worst, ...others] = policies
    .filter((policy) => ['warn', 'fail'].includes(policyLevel(policy)))
    .toSorted((a, b) => weight(b) - weight(a))
  const parts: string[] = []
  if (worst !== undefined) parts.push(sentence(worst.why?.reason ?? `${policyTitle(worst.name)}: ${worst.state}`))
  if (failing.length > 0) {
    parts.push(
      failing.length === 1
        ? `The ${failing[0]} does not take what it is told.`
        : `The ${listed(failing)} do not take what they are told.`,
    )
  }
  if (others.length > 0) parts.push(`Look at ${listed(others.map(({ name }) => policyTitle(name).toLowerCase()))} too.`)
  if (parts.length > 0) return parts.join(' ')
  if (overrides.length > 0) {
    return overrides.length === 1
      ? 'Nothing is wrong; one override stands in place of the safety policies.'
      : `Nothing is wrong; ${overrides.length} overrides stand in place of the safety policies.`
  }
  return 'Nothing is held back.'
}

/** "a, b and c" */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** A reason as a sentence of its own. */
export function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.?…]$/.test(capital) ? capital : `${capital}.`
}
