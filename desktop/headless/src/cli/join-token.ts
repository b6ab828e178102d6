import { FleetError } from '@wrale/kernel'
import { type StationChoice, withStation } from './connect.ts'
import { type OutputForm, printData, type Terminal } from './print.ts'

export interface JoinTokenSettings {
  readonly ttlSeconds: number
  readonly maxUses: number
  readonly name: string
}

/** Prints the token alone on stdout, so that a script can take it; what it is good for goes to stderr. */
export async function createJoinToken(
  terminal: Terminal,
  choice: StationChoice,
  settings: JoinTokenSettings,
  form: OutputForm,
): Promise<void> {
  const created = await withStation(choice, ({ client }) => client.joinTokens.create(settings))
  printData(terminal, form, created, () => created.token)
  const uses = created.maxUses === 1 ? 'one node' : `${created.maxUses} nodes`
  terminal.err.write(`Good for ${uses} until ${created.expiresAt}. On the node: wrale-edge run --join TOKEN\n`)
}

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** `90s`, `30m`, `24h` or `7d` in seconds. @throws FleetError USAGE */
export function parseTtl(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined || unit === undefined) {
    throw new FleetError('USAGE', `"${text}" is not a time such as 90s, 30m, 24h or 7d`)
  }
  return Number(count) * seconds[unit as keyof typeof seconds]
}
