import { FleetError } from '@wrale/kernel'
import { type StationChoice, withStation } from './connect.ts'
import { type OutputForm, printData, type Terminal } from './print.ts'

export interface JoinTokenSettings {
  readonly ttlSeconds: number
  readonly maxUses: number
  readonly name: string
  readonly membershipTtlSeconds?: number | undefined
  /** Nothing but the token. */
  readonly quiet: boolean
}

/** Prints the token alone on stdout, so that a script can take it; what it is good for goes to stderr. */
export async function createJoinToken(
  terminal: Terminal,
  choice: StationChoice,
  settings: JoinTokenSettings,
  form: OutputForm,
): Promise<void> {
  const { quiet, membershipTtlSeconds, ...rest } = settings
  const request = { ...rest, ...(membershipTtlSeconds === undefined ? {} : { membershipTtlSeconds }) }
  const created = await withStation(choice, ({ client }) => client.joinTokens.create(request))
  printData(terminal, form, created, () => created.token)
  if (quiet) return
  const uses = created.maxUses === 1 ? 'one node' : `${created.maxUses} nodes`
  terminal.err.write(`Good for ${uses} until ${created.expiresAt}. On the node: wrale-edge run --join TOKEN\n`)
}

/** @param wanted id of the token, or its beginning */
export async function revokeJoinToken(
  terminal: Terminal,
  choice: StationChoice,
  wanted: string,
  form: OutputForm,
): Promise<void> {
  const revoked = await withStation(choice, async ({ client }) => {
    const { items } = await client.joinTokens.list()
    const fitting = items.filter(({ id }) => wanted !== '' && id.startsWith(wanted.toLowerCase()))
    const [token] = fitting
    if (token === undefined) throw new FleetError('NOT_FOUND', `this station has no join token "${wanted}"`)
    if (fitting.length > 1) throw new FleetError('CONFLICT', `"${wanted}" fits ${fitting.length} join tokens`)
    return client.joinTokens.revoke({ id: token.id })
  })
  printData(terminal, form, revoked, () => `The join token ${revoked.id} ("${revoked.name}") is worthless now.`)
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
