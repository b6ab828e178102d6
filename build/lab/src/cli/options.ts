import { FleetError, toFleetError } from '@wrale/kernel'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { maxNodes } from '../naming.ts'

/** What `lab run` and `lab host` are asked for. */
export interface RunOptions {
  readonly nodes: number
  /** Chance of losing a frame at each node, 0 to 1. */
  readonly loss: number
  readonly clock: { readonly at: string } | undefined
  /** Ends the run by itself after so many seconds. */
  readonly durationSeconds: number | undefined
  readonly program: string
  readonly args: readonly string[]
}

const count = z.coerce.number().int().min(1).max(maxNodes)
const seconds = z.coerce.number().positive().max(86_400)
const time = z.string().refine((text) => Number.isFinite(Date.parse(text)))

/** A chance from `10%` or `0.1`; USAGE for anything else. */
export function parseChance(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text)
  const chance = Number(match?.[1]) / (match?.[2] === '%' ? 100 : 1)
  if (!(chance >= 0 && chance <= 1)) throw new FleetError('USAGE', `${text} is no chance: say 10% or 0.1`)
  return chance
}

/** The words after `run` or `host`; what follows `--` is the program. USAGE with what is wrong. */
export function parseRunOptions(command: 'run' | 'host', words: readonly string[]): RunOptions {
  const border = words.indexOf('--')
  const [program, ...args] = border < 0 ? [] : words.slice(border + 1)
  if (program === undefined) throw new FleetError('USAGE', `Say what to run: lab ${command} ... -- PROGRAM ARG...`)
  const flags = parseFlags(command, words.slice(0, border))
  const clock = check('--clock', time.optional(), flags.clock)
  return {
    nodes: command === 'host' ? 1 : check('--nodes', count, flags.nodes ?? '3'),
    loss: parseChance(flags.drop ?? '0'),
    clock: clock === undefined ? undefined : { at: clock },
    durationSeconds: check('--duration', seconds.optional(), flags.duration),
    program,
    args,
  }
}

/** A program's word on one machine: `{i}`, `{name}` and `{address}` replaced. */
export function fillIn(word: string, machine: { i: number; name: string; address: string }): string {
  return word.replaceAll(/\{(i|name|address)\}/g, (_, field: 'i' | 'name' | 'address') => String(machine[field]))
}

function parseFlags(
  command: 'run' | 'host',
  args: string[],
): Partial<Record<'nodes' | 'drop' | 'clock' | 'duration', string>> {
  const common = { clock: { type: 'string' }, duration: { type: 'string' } } as const
  try {
    return command === 'host'
      ? parseArgs({ args, options: common, strict: true }).values
      : parseArgs({ args, options: { ...common, nodes: { type: 'string' }, drop: { type: 'string' } }, strict: true })
          .values
  } catch (error) {
    throw toFleetError(error, 'USAGE')
  }
}

function check<T>(flag: string, schema: z.ZodType<T>, value: string | undefined): T {
  const result = schema.safeParse(value)
  if (!result.success)
    throw new FleetError('USAGE', `${flag} ${value ?? ''}: ${result.error.issues[0]?.message ?? 'invalid'}`)
  return result.data
}
