import type { MemberView, Node } from '@wrale/protocol/api'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Environment, eventually, type Outcome, run, type RunningProgram, start } from '../testing/programs.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
const environment: Environment = { XDG_CONFIG_HOME: join(folder.path, 'config') }
const running = new Map<string, RunningProgram>()
const folderOf = (name: string): string => join(folder.path, name)

/** Where each program listens for members: the same after a restart, and known to the others, for there is no multicast here. */
const addresses = new Map<string, string>()
async function addressOf(name: string): Promise<string> {
  const known = addresses.get(name)
  if (known !== undefined) return known
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  const address = `/ip4/127.0.0.1/tcp/${port}`
  addresses.set(name, address)
  return address
}

const wrale = (name: string, ...args: string[]): Promise<Outcome> =>
  run('wrale', [...args, '--state-dir', folderOf(name)], environment)

/** Asks the API itself: a process each time would take all the machine's time. */
async function api<T>(name: string, path: string): Promise<T> {
  const { url } = JSON.parse(readFileSync(join(folderOf(name), 'station.json'), 'utf8')) as { url: string }
  const authorization = `Bearer ${readFileSync(join(folderOf(name), 'local.token'), 'utf8').trim()}`
  return (await (await fetch(`${url}/api/v1${path}`, { headers: { authorization } })).json()) as T
}
const members = async (name: string): Promise<MemberView[]> =>
  (await api<{ items: MemberView[] }>(name, '/members')).items
const member = async (at: string, name: string): Promise<MemberView | undefined> =>
  (await members(at)).find((one) => one.name === name)
const nodeState = async (at: string, name: string): Promise<string | undefined> =>
  (await api<{ items: Node[] }>(at, '/nodes')).items.find((one) => one.name === name)?.state

async function begin(
  program: 'wrale' | 'wrale-edge',
  name: string,
  peers: string[],
  extra: string[],
): Promise<RunningProgram> {
  const network = [
    ...(peers.length === 0 && name !== 'desk' ? [] : ['--no-mdns']),
    '--listen',
    await addressOf(name),
    ...peers.flatMap((peer) => ['--peer', peer]),
  ]
  const common = ['--state-dir', folderOf(name), '--name', name, ...network, ...extra]
  const args =
    program === 'wrale'
      ? ['station', '--port', '0', ...common]
      : ['run', '--metal', 'simulated', '--http', '127.0.0.1:0', ...common]
  const started = start(program, args, environment)
  running.set(name, started)
  return started
}
const beginStation = (name: string, peers: string[], ...extra: string[]): Promise<RunningProgram> =>
  begin('wrale', name, peers, extra)
const beginNode = (name: string, peers: string[]): Promise<RunningProgram> => begin('wrale-edge', name, peers, [])
const isUp = (name: string): Promise<true> =>
  eventually(`${name} runs`, () => existsSync(join(folderOf(name), 'station.json')) || undefined)

interface EdgeStatus {
  readonly membership: { standing: string; claimCode?: string; name?: string; reason?: string | null }
}
async function edgeStatus(name: string): Promise<EdgeStatus | undefined> {
  const { code, stdout } = await run('wrale-edge', ['status', '--json', '--state-dir', folderOf(name)])
  return code === 0 ? (JSON.parse(stdout) as EdgeStatus) : undefined
}
const standing = (name: string, wanted: string): Promise<EdgeStatus['membership']> =>
  eventually(`${name} is ${wanted}`, async () => {
    const membership = (await edgeStatus(name))?.membership
    return membership?.standing === wanted ? membership : undefined
  })

afterAll(async () => {
  await Promise.all([...running.values()].map((program) => program.stop('SIGKILL')))
  folder.remove()
})

describe('a fleet of real programs', () => {
  it('takes in a node by the code on its console, without a restart', async () => {
    await beginStation('desk', [], '--create-fleet', 'Orchard')
    await isUp('desk')
    await beginNode('roof-1', [await addressOf('desk')])
    const { claimCode = '' } = await standing('roof-1', 'unclaimed')
    expect(claimCode).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/)
    expect(running.get('roof-1')?.stdout).toContain(claimCode)
    const wrong = await wrale(
      'desk',
      'claim',
      `${claimCode.slice(0, -1)}${claimCode.endsWith('0') ? '1' : '0'}`,
      '--address',
      await addressOf('roof-1'),
    )
    expect(wrong).toMatchObject({ code: 66, stderr: expect.stringMatching(/^wrale: NOT_FOUND/) as string })
    const claimed = await wrale('desk', 'claim', claimCode.toLowerCase(), '--address', await addressOf('roof-1'))
    expect(claimed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^roof-1 is a node of the fleet now/) as string,
    })
    expect(await standing('roof-1', 'member')).toMatchObject({ name: 'roof-1' })
    await eventually('it reports', async () => (await nodeState('desk', 'roof-1')) === 'ok' || undefined)
    const claimedAgain = await wrale('desk', 'claim', claimCode, '--address', await addressOf('roof-1'))
    expect(claimedAgain.code).not.toBe(0)
  })

  it('takes in a second station, which goes on where it was killed, and can take in others itself', async () => {
    const peers = [await addressOf('desk'), await addressOf('roof-1')]
    const first = await beginStation('van', peers, '--join-fleet')
    const codeOf = (program: RunningProgram): Promise<string> =>
      eventually('the code is shown', () => /wrale claim (\S+)/.exec(program.stdout)?.[1])
    const code = await codeOf(first)
    await first.stop('SIGKILL')
    const second = await beginStation('van', peers, '--join-fleet')
    expect(await codeOf(second)).toBe(code)
    await eventually('it waits', () => /waiting to be claimed/.exec(second.stderr)?.[0])
    const approved = await wrale('desk', 'claim', code, '--address', await addressOf('van'))
    expect(approved).toMatchObject({ code: 0, stderr: expect.stringContaining('It is a STATION') as string })
    await isUp('van')
    expect(await member('van', 'van')).toMatchObject({ role: 'station', self: true, admin: true, issuedBy: null })
    expect((await wrale('van', 'recovery-kit', 'show', '--yes')).stderr).toMatch(/UNAVAILABLE/)

    const token = (await wrale('van', 'join-token', 'create', '--quiet')).stdout.trim()
    writeFileSync(join(folder.path, 'token'), token, { mode: 0o600 })
    await begin(
      'wrale-edge',
      'gate-1',
      [await addressOf('van'), await addressOf('desk')],
      ['--join', `@${join(folder.path, 'token')}`],
    )
    await standing('gate-1', 'member')
    const seen = await eventually('the first station knows it', async () => {
      const found = await member('desk', 'gate-1')
      return found?.issuedBy === undefined ? undefined : found
    })
    expect(seen).toMatchObject({ role: 'node', state: 'active', issuedBy: { name: 'van' } })
  })

  it('says what revoking means, asks, and puts a member out everywhere', async () => {
    expect(await wrale('desk', 'revoke', 'roof-1')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/never links to its key again[^]*USAGE: nobody can be asked/) as string,
    })
    expect((await wrale('desk', 'revoke', 'desk', '--yes')).stderr).toMatch(/CONFLICT: desk is this station/)
    expect((await member('desk', 'roof-1'))?.state).toBe('active')
    const revoked = await wrale('desk', 'revoke', 'roof-1', '--reason', 'stolen from the roof', '--yes', '-o', 'json')
    expect(JSON.parse(revoked.stdout)).toMatchObject({
      state: 'revoked',
      reason: 'stolen from the roof',
      revokedBy: { name: 'desk' },
    })
    await eventually(
      'the other station knows',
      async () => (await member('van', 'roof-1'))?.state === 'revoked' || undefined,
    )
    expect(await standing('roof-1', 'revoked')).toMatchObject({ reason: 'stolen from the roof' })
    await running.get('roof-1')?.stop()
    await beginNode('roof-1', [await addressOf('desk'), await addressOf('van')])
    expect(await standing('roof-1', 'revoked')).toMatchObject({ reason: 'stolen from the roof' })
    expect((await wrale('desk', 'get', 'members')).stdout).toMatch(/^roof-1 +node +revoked/m)
    expect((await wrale('desk', 'get', 'events', '--name', 'audit.member')).stdout).toMatch(/put the node roof-1 out/)
  })

  it('gives a node a new key with the old one’s place, and a node the place of another', async () => {
    const before = await member('desk', 'gate-1')
    expect((await wrale('desk', 'label', 'gate-1', 'env=prod')).code).toBe(0)
    const flags = ['--state-dir', folderOf('gate-1'), '--no-mdns', '--peer', await addressOf('desk')]
    const busy = await run('wrale-edge', ['rotate-key', ...flags])
    expect(busy.stderr).toMatch(/STATE_DIR_IN_USE/)
    await running.get('gate-1')?.stop()
    const rotated = await run('wrale-edge', ['rotate-key', '--json', ...flags])
    expect(rotated).toMatchObject({ code: 0, stderr: '' })
    const { id } = JSON.parse(rotated.stdout) as { id: string }
    await beginNode('gate-1', [await addressOf('desk')])
    await standing('gate-1', 'member')
    const found = (await members('desk')).filter(({ name }) => name === 'gate-1')
    expect(found.map((one) => [one.id, one.state, one.replacedBy?.id])).toEqual([
      [id, 'active', undefined],
      [before?.id, 'replaced', id],
    ])
    const node = await eventually('it reports', async () =>
      (await api<{ items: Node[] }>('desk', '/nodes')).items.find((one) => one.id === id && one.state === 'ok'),
    )
    expect(node).toMatchObject({ name: 'gate-1', labels: { env: 'prod' } })
    expect(await wrale('desk', 'replace', 'roof-1', '--by', 'gate-1', '--dry-run')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/gate-1 .* takes the place of roof-1/) as string,
    })
  })

  it('flags a key that is in two places, and tells a node that was away that it was put out', async () => {
    const peers = [await addressOf('desk'), await addressOf('van')]
    const token = (await wrale('desk', 'join-token', 'create', '-q')).stdout.trim()
    writeFileSync(join(folder.path, 'token'), token, { mode: 0o600 })
    await begin('wrale-edge', 'shed-1', peers, ['--join', `@${join(folder.path, 'token')}`])
    await standing('shed-1', 'member')
    await eventually('it reports', async () => (await nodeState('desk', 'shed-1')) === 'ok' || undefined)
    await running.get('shed-1')?.stop()
    cpSync(folderOf('shed-1'), folderOf('shed-copy'), { recursive: true, filter: (path) => !path.endsWith('.sock') })
    await beginNode('shed-1', peers)
    await beginNode('shed-copy', peers)
    const cloned = await eventually('both are flagged', async () => {
      const found = (await members('desk')).find(({ clonedAt }) => clonedAt.length > 0)
      const node = (await api<{ items: Node[] }>('desk', '/nodes')).items.find(({ id }) => id === found?.id)
      return node?.state === 'fail' && node.reasons[0]?.code === 'cloned-identity' ? found : undefined
    })
    expect(cloned.name).toBe('shed-1')
    expect((await wrale('desk', 'get', 'members')).stdout).toMatch(/^shed-1 +node +active, cloned/m)
    for (const name of ['shed-1', 'shed-copy']) await running.get(name)?.stop()

    expect((await wrale('desk', 'revoke', cloned.id, '--yes')).code).toBe(0)
    expect((await api<{ items: Node[] }>('desk', '/nodes')).items.map(({ id }) => id)).not.toContain(cloned.id)
    // It was away when that was said, and is let in by nobody now: who refuses it shows it why.
    await beginNode('shed-1', peers)
    expect(await standing('shed-1', 'revoked')).toMatchObject({ reason: null })
  })

  it('is brought back by the words of its recovery kit when every station is gone', async () => {
    const shown = await wrale('desk', 'recovery-kit', 'show', '--yes')
    expect(shown.stdout.match(/[a-z]+/g)).toHaveLength(24)
    expect((await wrale('desk', 'recovery-kit', 'show')).stderr).toMatch(/USAGE: nobody can be asked/)
    const kit = join(folder.path, 'kit')
    writeFileSync(kit, shown.stdout, { mode: 0o600 })
    await Promise.all(['desk', 'van', 'gate-1'].map(async (name) => running.get(name)?.stop()))
    const damaged = join(folder.path, 'damaged')
    writeFileSync(damaged, shown.stdout.replace(/[a-z]+\s*$/, ''), { mode: 0o600 })
    const refused = await run('wrale', ['station', '--state-dir', folderOf('ark'), '--recover', `@${damaged}`])
    expect(refused).toMatchObject({ code: 65, stderr: expect.stringMatching(/has 24 words, these are 23/) as string })
    expect((await run('wrale', ['station', '--recover', 'zoo zoo'])).stderr).toMatch(/USAGE: this is secret/)

    // Nobody names an address: they find each other by multicast.
    await beginNode('gate-1', [])
    await beginStation('ark', [], '--recover', `@${kit}`)
    await isUp('ark')
    await eventually('the node is back', async () => (await nodeState('ark', 'gate-1')) === 'ok' || undefined)
    expect(await api<{ name: string }>('ark', '/fleet')).toMatchObject({ name: 'Orchard' })
    expect(await member('ark', 'ark')).toMatchObject({ admin: true, issuedBy: null })
    expect(await member('ark', 'roof-1')).toMatchObject({ state: 'revoked', reason: 'stolen from the roof' })
    const revoked = await wrale('ark', 'revoke', 'desk', '--reason', 'lost', '--yes')
    expect(revoked).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('members whose certificates it signed') as string,
    })
    expect((await member('ark', 'gate-1'))?.state).toBe('active')
    expect((await wrale('ark', 'join-token', 'create', '-q')).stdout).toMatch(/^wrale-join-/)
  })
})
