import { portName } from './naming.ts'

/** Chances of losing a frame, 0 to 1, seen from a node: `in` on the way to it, `out` on the way from it. */
export interface Loss {
  readonly in: number
  readonly out: number
}

/** What is wrong with a network just now. Node numbers, not names: a rename cannot break a rule. */
export interface NetworkFaults {
  readonly loss: ReadonlyMap<number, Loss>
  /** Pairs of sets of nodes that do not hear each other. */
  readonly partitions: readonly (readonly [readonly number[], readonly number[]])[]
}

export const noFaults: NetworkFaults = { loss: new Map(), partitions: [] }

/** Resolution of a loss: one frame in a million. */
const outOf = 1_000_000

/**
 * The nftables program that makes a switch behave as `faults` says; loading it replaces the one before in one step.
 * Frames are lost while the switch forwards them, of every kind (ARP too) and unseen by the sender: a rule at the sender
 * would instead fail its `send` or let its TCP know, as no real network does.
 */
export function faultRules(faults: NetworkFaults): string {
  const rules: string[] = []
  for (const [left, right] of faults.partitions) {
    if (left.length === 0 || right.length === 0) continue
    rules.push(`iifname ${ports(left)} oifname ${ports(right)} drop`)
    rules.push(`iifname ${ports(right)} oifname ${ports(left)} drop`)
  }
  for (const [index, loss] of faults.loss) {
    if (loss.out > 0) rules.push(`iifname "${portName(index)}" ${chance(loss.out)}drop`)
    if (loss.in > 0) rules.push(`oifname "${portName(index)}" ${chance(loss.in)}drop`)
  }
  return [
    'table bridge faults',
    'delete table bridge faults',
    'table bridge faults {',
    '  chain forward {',
    '    type filter hook forward priority 0; policy accept;',
    ...rules.map((rule) => `    ${rule}`),
    '  }',
    '}',
    '',
  ].join('\n')
}

function ports(indexes: readonly number[]): string {
  return `{ ${indexes.map((index) => `"${portName(index)}"`).join(', ')} }`
}

function chance(probability: number): string {
  if (probability >= 1) return ''
  return `numgen random mod ${outOf} < ${Math.max(1, Math.round(probability * outOf))} `
}
