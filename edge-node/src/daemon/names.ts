import { memberNameSchema, type PeerIdText } from '@wrale/protocol'

/** Name of a node that nobody named: the machine's, or, for a simulated board, one made from its identity. */
export function defaultName(id: PeerIdText, simulated: boolean, hostname: string): string {
  const first = hostname.split('.', 1)[0] ?? ''
  if (!simulated && memberNameSchema.safeParse(first).success) return first
  return `${simulated ? 'sim' : 'node'}-${id.slice(-6).toLowerCase()}`
}
