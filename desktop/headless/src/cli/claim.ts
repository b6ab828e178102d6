import type { MemberRole } from '@wrale/protocol'
import { type StationChoice, withStation } from './connect.ts'
import { type OutputForm, printData, type Terminal } from './print.ts'
import { typedOrRead } from './small-text.ts'

export interface ClaimSettings {
  readonly name?: string | undefined
  readonly role?: MemberRole | undefined
  readonly address?: string | undefined
}

/** Takes in the machine that shows this code. @param argument the code, @FILE or - */
export async function claim(
  terminal: Terminal,
  choice: StationChoice,
  argument: string,
  settings: ClaimSettings,
  form: OutputForm,
): Promise<void> {
  const code = (await typedOrRead(argument)).trim()
  const { name, role, address } = settings
  const request = {
    code,
    ...(name === undefined ? {} : { name }),
    ...(role === undefined ? {} : { role }),
    ...(address === undefined ? {} : { address }),
  }
  const member = await withStation(choice, ({ client }) => client.claims.claim(request))
  printData(terminal, form, member, () => `${member.name} is a ${member.role} of the fleet now (${member.id}).`)
  if (member.role === 'station') {
    terminal.err.write(
      `It is a STATION: it may change and command everything${member.admin ? ', and take in others' : ''}. ` +
        `If you did not mean that: wrale revoke ${member.name}\n`,
    )
  }
}
