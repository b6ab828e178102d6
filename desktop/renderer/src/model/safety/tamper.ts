import type { SafetyDecision, SafetyView } from '@wrale/protocol/node'
import { listed } from './policies.ts'

type Tamper = SafetyView['tamper']

interface Sign {
  /** What was seen. */
  readonly seen: string
  /** What lets it be reset. */
  readonly todo: string
}

const signs: Readonly<Record<string, Sign>> = {
  case: { seen: 'The case was opened', todo: 'close the case' },
  motion: { seen: 'The machine was moved', todo: 'let it stand still' },
  voltage: { seen: 'The supply voltage left its bounds', todo: 'bring the supply back within its bounds' },
  component: { seen: 'A part was removed', todo: 'put the part back' },
  link: { seen: 'The network link was cut', todo: 'plug the network in' },
}

export function signText(channel: string): string {
  return signs[channel]?.seen ?? `A sign at ${channel}`
}

/** What it does about signs at this hour. */
export const levelTexts: Readonly<Record<Tamper['level'], { readonly word: string; readonly does: string }>> = {
  off: { word: 'Off', does: 'Signs do not count now: the machine may be opened.' },
  watch: { word: 'Watch', does: 'A new sign is written down, and nothing else is done.' },
  guard: { word: 'Guard', does: 'A new sign raises the alarm, and the fleet is told at once.' },
  lock: { word: 'Lock', does: 'A new sign locks the machine down: alarm on, less important services stopped.' },
}

export function tamperSentence({ stage, latched, level }: Tamper): string {
  if (stage === 'clear') return level === 'off' ? 'No sign is latched, and none counts now.' : 'No sign of tampering.'
  const what =
    latched.length === 0
      ? 'A sign was seen'
      : listed(latched.map((one, index) => (index === 0 ? signText(one) : lower(signText(one)))))
  const effect = { noticed: 'it was written down', alarm: 'the alarm is on', locked: 'the machine is locked down' }[
    stage
  ]
  return `${what}: ${effect}.`
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** What a reset does, by how far it has come. */
export function resetEffect(stage: Tamper['stage']): string {
  switch (stage) {
    case 'clear':
    case 'noticed':
      return 'The signs are taken back. A new one counts anew.'
    case 'alarm':
      return 'The signs are taken back and the alarm goes off. A new one raises it again.'
    case 'locked':
      return 'The signs are taken back, the alarm goes off, the lock-down ends and stopped services start again.'
  }
}

/** What to do before a reset that was refused can be done, by what the node said. */
export function resetTodo(message: string): string | undefined {
  const still = /still showing: (.+)$/.exec(message)?.[1]?.split(', ') ?? []
  const todo = still.map((channel) => signs[channel]?.todo ?? `look at ${channel}`)
  return todo.length === 0 ? undefined : `First ${listed(todo)}, then reset again.`
}

/** When each latched sign was last decided on, ms ago; the newest decisions are first. */
export function latchedAgo(channel: string, decisions: readonly SafetyDecision[]): number | undefined {
  const names: Readonly<Record<string, (name: string) => boolean>> = {
    case: (name) => name === 'caseOpen',
    motion: (name) => name === 'motion',
    voltage: (name) => name.toLowerCase().includes('volt'),
    component: (name) => name.startsWith('component '),
    link: (name) => name === 'linkUp',
  }
  const fits = names[channel]
  return decisions.find(
    ({ policy, code, causes }) =>
      policy === 'tamper' && !code.startsWith('tamper-reset') && causes.some(({ name }) => fits?.(name) === true),
  )?.agoMs
}
