import type { FleetClient } from '@wrale/client'
import { FleetError } from '@wrale/kernel'
import type { MemberView } from '@wrale/protocol/api'
import { confirm } from './confirm.ts'
import { type StationChoice, withStation } from './connect.ts'
import { memberCalled } from './members.ts'
import { type OutputForm, printData, type Terminal } from './print.ts'

export interface RevokeSettings {
  readonly reason?: string | undefined
  readonly yes: boolean
  /** Says what would happen, and ends. */
  readonly dryRun: boolean
}

/** Puts a member out of the fleet, after saying what that means. */
export async function revoke(
  terminal: Terminal,
  choice: StationChoice,
  wanted: string,
  { reason, yes, dryRun }: RevokeSettings,
  form: OutputForm,
): Promise<void> {
  await withStation(choice, async ({ client }) => {
    const member = await revocable(client, wanted)
    const signed = (await client.members.list()).items.filter(({ issuedBy }) => issuedBy?.id === member.id)
    say(terminal, consequences(member, signed.length))
    if (dryRun) return
    await confirm(terminal, `Put ${member.name} out of the fleet?`, yes)
    const request = { id: member.id, ...(reason === undefined ? {} : { reason }) }
    const revoked = await client.members.revoke(request)
    printData(terminal, form, revoked, () => `${revoked.name} is ${revoked.state}.`)
  })
}

/** Gives a member's place to another and puts it out. */
export async function replace(
  terminal: Terminal,
  choice: StationChoice,
  names: { readonly old: string; readonly by: string },
  { reason, yes, dryRun }: RevokeSettings,
  form: OutputForm,
): Promise<void> {
  await withStation(choice, async ({ client }) => {
    const old = await revocable(client, names.old)
    const next = await memberCalled(client, names.by)
    say(terminal, [
      `${next.name} (${next.id}) takes the place of ${old.name}: its labels, note, place and groups.`,
      ...consequences(old, 0),
    ])
    if (dryRun) return
    await confirm(terminal, `Put ${next.name} in the place of ${old.name}?`, yes)
    const request = { id: old.id, by: next.id, ...(reason === undefined ? {} : { reason }) }
    const replaced = await client.members.replace(request)
    printData(terminal, form, replaced, () => `${old.name} is ${replaced.state}; ${next.name} has its place.`)
  })
}

async function revocable(client: FleetClient, wanted: string): Promise<MemberView> {
  const member = await memberCalled(client, wanted)
  if (member.self)
    throw new FleetError('CONFLICT', `${member.name} is this station: it can be put out from another station only`)
  return member
}

function say(terminal: Terminal, lines: readonly string[]): void {
  terminal.err.write(`${lines.join('\n')}\n`)
}

function consequences({ name, role, id, admin }: MemberView, signed: number): string[] {
  const lines = [
    `To put the ${role} ${name} (${id}) out means:`,
    '- Every member drops its links to it as soon as it hears of this, and never links to its key again.',
    '- What it wrote up to now stays; nothing that it writes from now on is taken.',
    '- This cannot be taken back. The machine can come back with a new key: wrale-edge reset --new-identity.',
    '- Members that are out of reach go on trusting it until word gets to them.',
  ]
  if (role === 'station') {
    lines.push(
      '- Join tokens that it made are worthless, and browsers that are signed in to it stay so: switch it off if you can.',
    )
  }
  if (admin) {
    lines.push(
      `- The ${signed} members whose certificates it signed, as far as this station knows them, stay. Any other that it signed is out.`,
      '- If it holds the fleet’s root key (it founded the fleet, or was recovered) and is in the wrong hands, this does not help: found a new fleet.',
    )
  }
  return lines
}
