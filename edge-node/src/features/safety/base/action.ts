/** How much may be written to the storage: as usual, less often, what must survive only, nothing. */
export const writeModes = ['usual', 'sparing', 'essential', 'none'] as const
export type WriteMode = (typeof writeModes)[number]

/**
 * What a policy demands. All but the last gasp stand: they hold as long as the policy repeats them, so that one that failed is tried again.
 * Of several demands of one kind the safer one counts.
 */
export type SafetyAction =
  /** The fan at `duty`, ratio 0..1, or above. */
  | { readonly kind: 'fan'; readonly duty: number }
  /** The processor at `ratio` of its full speed, above 0 and up to 1, or below. */
  | { readonly kind: 'cpu-limit'; readonly ratio: number }
  /** Services with a priority below `keepFrom`, 0..100, are stopped and stay so. */
  | { readonly kind: 'services'; readonly keepFrom: number }
  | { readonly kind: 'writes'; readonly mode: WriteMode }
  /** Light, siren, relay: whatever the node has. */
  | { readonly kind: 'alarm' }
  /** Control at the machine itself is refused and keys are sealed. */
  | { readonly kind: 'lock-down' }
  /** Clean shutdown of the machine. `final`: no override can keep it from happening. */
  | { readonly kind: 'power-down'; readonly code: string; readonly reason: string; readonly final: boolean }
  /** Word to the neighbours, once, before anything else is done: nobody may be there to tell it later. */
  | { readonly kind: 'last-gasp'; readonly code: string; readonly reason: string; readonly atMs: number }

export type ActionOf<K extends SafetyAction['kind']> = Extract<SafetyAction, { readonly kind: K }>
export type PowerDown = ActionOf<'power-down'>
export type LastGasp = ActionOf<'last-gasp'>

/** All demands of one step in one. */
export interface Demands {
  readonly fanDuty: number
  readonly cpuRatio: number
  readonly keepFrom: number
  readonly writes: WriteMode
  readonly alarm: boolean
  readonly locked: boolean
  readonly powerDown?: PowerDown
  /** Oldest first. */
  readonly lastGasps: readonly LastGasp[]
}

export const noDemands: Demands = {
  fanDuty: 0,
  cpuRatio: 1,
  keepFrom: 0,
  writes: 'usual',
  alarm: false,
  locked: false,
  lastGasps: [],
}

/** The safest of what is demanded. */
export function demandsOf(actions: readonly SafetyAction[]): Demands {
  return actions.reduce(joined, noDemands)
}

function joined(all: Demands, action: SafetyAction): Demands {
  switch (action.kind) {
    case 'fan':
      return { ...all, fanDuty: Math.max(all.fanDuty, action.duty) }
    case 'cpu-limit':
      return { ...all, cpuRatio: Math.min(all.cpuRatio, action.ratio) }
    case 'services':
      return { ...all, keepFrom: Math.max(all.keepFrom, action.keepFrom) }
    case 'writes':
      return { ...all, writes: stricterWrites(all.writes, action.mode) }
    case 'alarm':
      return { ...all, alarm: true }
    case 'lock-down':
      return { ...all, locked: true }
    case 'power-down':
      return all.powerDown?.final === true ? all : { ...all, powerDown: action }
    case 'last-gasp':
      return { ...all, lastGasps: [...all.lastGasps, action] }
  }
}

function stricterWrites(a: WriteMode, b: WriteMode): WriteMode {
  return writeModes.indexOf(a) >= writeModes.indexOf(b) ? a : b
}
