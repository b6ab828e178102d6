import { type Command, Option } from 'commander'
import { type MemberRole, memberRoleSchema } from '@wrale/protocol'
import { claim } from './claim.ts'
import { getJoinTokens } from './get.ts'
import { createJoinToken, parseTtl, revokeJoinToken } from './join-token.ts'
import { describeMember, getClaims, getMembers } from './members.ts'
import { type ClientOptions, forClients, integer } from './options.ts'
import type { Terminal } from './print.ts'
import { showRecoveryKit } from './recovery-kit.ts'
import { replace, revoke } from './revoke.ts'

const memberWords = 'its name, its id, or a part of either'

/** What can be asked about who belongs to the fleet. */
export function addMembershipQueries(get: Command, describe: Command, terminal: Terminal): void {
  forClients(
    get.command('members').description('list nodes and stations, those that were put out included'),
    true,
  ).action(async ({ output = 'table', ...choice }: ClientOptions) => getMembers(terminal, choice, output))
  forClients(get.command('join-tokens').alias('tokens').description('list join tokens'), true).action(
    async ({ output = 'table', ...choice }: ClientOptions) => getJoinTokens(terminal, choice, output),
  )
  forClients(get.command('claims').description('list machines that wait for their claim code'), true).action(
    async ({ output = 'table', ...choice }: ClientOptions) => getClaims(terminal, choice, output),
  )
  forClients(describe.command('member').description('show one member').argument('<member>', memberWords), true).action(
    async (member: string, { output = 'table', ...choice }: ClientOptions) =>
      describeMember(terminal, choice, member, output),
  )
}

/** What changes who belongs to the fleet. */
export function addMembershipCommands(program: Command, terminal: Terminal): void {
  addJoinTokens(program, terminal)
  forClients(program.command('claim').description('take in the machine that shows this claim code'), true)
    .argument('<code>', 'its claim code; @FILE or - reads it from there')
    .option('--name <name>', 'name in the fleet (default: what the machine calls itself)')
    .addOption(new Option('--role <role>', 'what it must be (default: what it says)').choices(memberRoleSchema.options))
    .option('--address <multiaddr>', 'where it is, when the network does not let it be found')
    .action(
      async (
        code: string,
        {
          output = 'table',
          name,
          role,
          address,
          ...choice
        }: ClientOptions & {
          name?: string
          role?: MemberRole
          address?: string
        },
      ) => claim(terminal, choice, code, { name, role, address }, output),
    )
  addWaysOut(program, terminal)
  const kit = program
    .command('recovery-kit')
    .description('the words that bring the fleet back when every laptop is lost')
  forClients(kit.command('show').description('print the words'), false)
    .option('--yes', 'do not ask')
    .action(async ({ yes = false, ...choice }: ClientOptions & { yes?: boolean }) =>
      showRecoveryKit(terminal, choice, yes),
    )
}

function addJoinTokens(program: Command, terminal: Terminal): void {
  const joinToken = program.command('join-token').description('tokens with which nodes join; each station has its own')
  forClients(joinToken.command('create').description('make a join token and print it'), true)
    .option('--ttl <time>', 'how long it is good: 90s, 30m, 24h, 7d', parseTtl, parseTtl('24h'))
    .option('--max-uses <number>', 'how many nodes may join with it', integer(1, 10_000), 1)
    .option('--name <text>', 'what it is for', 'join token')
    .option('--member-ttl <time>', 'how long the memberships that it gives last (default: for ever)', parseTtl)
    .option('-q, --quiet', 'print the token and nothing else')
    .action(
      async ({
        output = 'table',
        ttl,
        maxUses,
        name,
        memberTtl,
        quiet = false,
        ...choice
      }: ClientOptions & {
        ttl: number
        maxUses: number
        name: string
        memberTtl?: number
        quiet?: boolean
      }) =>
        createJoinToken(
          terminal,
          choice,
          { ttlSeconds: ttl, maxUses, name, membershipTtlSeconds: memberTtl, quiet },
          output,
        ),
    )
  forClients(joinToken.command('list').description('list join tokens'), true).action(
    async ({ output = 'table', ...choice }: ClientOptions) => getJoinTokens(terminal, choice, output),
  )
  forClients(joinToken.command('revoke').description('make a join token worthless; who joined stays'), true)
    .argument('<id>', 'its id, or the beginning of it')
    .action(async (id: string, { output = 'table', ...choice }: ClientOptions) =>
      revokeJoinToken(terminal, choice, id, output),
    )
}

interface WayOut extends ClientOptions {
  readonly reason?: string
  readonly yes?: boolean
  readonly dryRun?: boolean
}

function addWaysOut(program: Command, terminal: Terminal): void {
  const wayOut = (command: Command): Command =>
    forClients(command, true)
      .option('--reason <text>', 'why')
      .option('--yes', 'do not ask')
      .option('--dry-run', 'only say what it would mean')
  wayOut(program.command('revoke').description('put a member out of the fleet, for good'))
    .argument('<member>', memberWords)
    .action(async (member: string, { output = 'table', reason, yes = false, dryRun = false, ...choice }: WayOut) =>
      revoke(terminal, choice, member, { reason, yes, dryRun }, output),
    )
  wayOut(program.command('replace').description('give the place of a member to another, and put it out'))
    .argument('<member>', `the one that goes: ${memberWords}`)
    .requiredOption('--by <member>', 'the one that takes its place')
    .action(
      async (
        old: string,
        { output = 'table', by, reason, yes = false, dryRun = false, ...choice }: WayOut & { by: string },
      ) => replace(terminal, choice, { old, by }, { reason, yes, dryRun }, output),
    )
}
