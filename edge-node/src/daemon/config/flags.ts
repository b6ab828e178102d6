import { FleetError } from '@wrale/kernel'
import { type EdgeConfig, edgeConfigSchema } from '@wrale/protocol/config'
import type { ConfigOverrides } from './load.ts'

/** Values of `wrale-edge run` as they were typed. */
export interface RunFlags {
  readonly name?: string
  readonly metal?: string
  readonly listen?: readonly string[]
  readonly peer?: readonly string[]
  /** False after --no-mdns. */
  readonly mdns?: boolean
  readonly http?: string
}

/**
 * Checks each flag by the schema of the setting that it replaces.
 * @throws FleetError USAGE, naming the flag
 */
export function overridesOf(flags: RunFlags): ConfigOverrides {
  const overrides: { -readonly [K in keyof ConfigOverrides]: ConfigOverrides[K] } = {}
  if (flags.name !== undefined) overrides.name = check('--name', 'name', flags.name) ?? flags.name
  if (flags.metal !== undefined) overrides.metal = check('--metal', 'metal', flags.metal)
  if (flags.listen !== undefined) overrides.listen = check('--listen', 'listen', flags.listen)
  if (flags.peer !== undefined) overrides.peers = check('--peer', 'peers', flags.peer)
  if (flags.mdns === false) overrides.mdns = false
  if (flags.http !== undefined) overrides.http = check('--http', 'http', flags.http)
  return overrides
}

function check<K extends keyof EdgeConfig>(flag: string, setting: K, value: unknown): EdgeConfig[K] {
  const parsed = edgeConfigSchema.shape[setting].safeParse(value)
  if (parsed.success) return parsed.data as EdgeConfig[K]
  throw new FleetError('USAGE', `${flag} ${String(value)}: ${parsed.error.issues[0]?.message ?? 'not valid'}`, { flag })
}
