import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CreatedJoinToken, Node, NodeDetail } from '@wrale/protocol/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { announce } from './announcement.ts'
import { carryOut } from '../testing/carry-out.ts'
import { LocalStation } from '../testing/local-station.ts'
import { eventually, type RunningProgram, start } from '../testing/programs.ts'

const station = new LocalStation()
const daemons: RunningProgram[] = []
const file = (name: string): string => join(station.stateDir, name)
const ask = (...args: string[]) => carryOut(...args, '--state-dir', station.stateDir)
const good = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await ask(...args)
  expect([code, stderr.startsWith('wrale: ')], stderr).toEqual([0, false])
  return stdout
}
const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await good(...args, '-o', 'json')) as T
const describeNode = (name: string) => json<NodeDetail>('describe', 'node', name)
const nodes = async (...args: string[]) => (await json<{ items: Node[] }>('get', 'nodes', ...args)).items

beforeAll(async () => {
  await station.start()
  await announce(station.stateDir, station.url)
  const body = JSON.stringify({ maxUses: 2 })
  const headers = { 'content-type': 'application/json' }
  const made = await station.request('/api/v1/join-tokens', { method: 'POST', body, headers })
  writeFileSync(file('token'), ((await made.json()) as CreatedJoinToken).token, { mode: 0o600 })
  const [address = ''] = station.station.fleet().station.addresses
  for (const name of ['roof-1', 'gate-1']) {
    const flags = ['--state-dir', file(name), '--name', name, '--metal', 'simulated', '--http', '127.0.0.1:0']
    const joining = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--peer', address, '--join', `@${file('token')}`]
    daemons.push(start('wrale-edge', ['run', ...flags, ...joining]))
  }
  await eventually('both nodes are well', async () => {
    const found = await nodes()
    return found.length === 2 && found.every(({ state }) => state === 'ok') ? true : undefined
  })
})

afterAll(async () => {
  await Promise.all(daemons.map((daemon) => daemon.stop('SIGKILL')))
  await station.remove()
})

describe('labels, notes and places', () => {
  it('are set for several nodes, by name, id or part of one, and are shown', async () => {
    const { id } = await describeNode('gate-1')
    expect(await good('label', 'roof', id, 'env=prod', 'power/source=solar')).toBe(
      [
        'roof-1  label/env: (none) → "prod"',
        'roof-1  label/power/source: (none) → "solar"',
        'gate-1  label/env: (none) → "prod"',
        'gate-1  label/power/source: (none) → "solar"',
        '',
      ].join('\n'),
    )
    await good('place', 'roof-1', '--site', 'Mill', '--rack', 'r2')
    await good('note', 'roof-1', 'Fan replaced in May')
    const words = await good('describe', 'node', 'roof-1')
    expect(words).toMatch(/^Labels:\n {2}env: +prod\n {2}power\/source: +solar$/m)
    expect(words).toMatch(/^Place:\n {2}site: +Mill\n {2}rack: +r2$/m)
    expect(words).toMatch(/^ {2}Note: +Fan replaced in May$/m)
    expect(await good('get', 'nodes', '-o', 'wide')).toMatch(/roof-1 .*env=prod,power\/source=solar +Mill \/ r2/)
  })

  it('are removed, and say so when nothing is different', async () => {
    expect(await good('label', 'gate-1', 'power/source-', 'env=prod')).toBe(
      'gate-1  label/power/source: "solar" → (none)\n',
    )
    expect(await good('label', 'gate-1', 'env=prod')).toBe('gate-1  unchanged\n')
    expect((await describeNode('gate-1')).notes?.labels).toEqual({ env: 'prod' })
  })

  it('select nodes', async () => {
    expect((await nodes('-l', 'env=prod,power/source=solar')).map(({ name }) => name)).toEqual(['roof-1'])
    expect(await good('label', '--selector', 'power/source=solar', 'env=test')).toBe(
      'roof-1  label/env: "prod" → "test"\n',
    )
    expect(await ask('label', '-l', 'env=none', 'a=b')).toMatchObject({
      code: 66,
      stderr: expect.stringMatching(/^wrale: NOT_FOUND: /),
    })
  })

  it('are taken back, and brought back', async () => {
    expect(await good('label', 'roof-1', '--undo')).toBe('roof-1  label/env: "test" → "prod"\n')
    expect(await good('label', 'roof-1', '--undo')).toBe('roof-1  label/env: "prod" → "test"\n')
    expect(await good('note', 'roof-1', '--undo')).toBe('roof-1  note: "Fan replaced in May" → (none)\n')
    await good('place', 'roof-1', '--site', 'Barn')
    expect(await good('place', 'roof-1', '--undo')).toBe('roof-1  place.site: "Barn" → "Mill"\n')
    expect(await ask('note', 'gate-1', '--undo')).toMatchObject({ code: 66 })
  })

  it('have a history', async () => {
    const history = await good('history', 'node', 'roof-1', '--field', 'label/env')
    const values = history.split('\n').map((line) => line.trim().split(/ {2,}/).slice(1))
    expect(values.slice(0, 4)).toEqual([
      ['STATION', 'FIELD', 'VALUE'],
      ['desk', 'label/env', '"test"'],
      ['desk', 'label/env', '"prod"'],
      ['desk', 'label/env', '"test"'],
    ])
  })

  it('change nothing unless every node is found', async () => {
    const before = await describeNode('roof-1')
    expect(await ask('label', 'roof-1', 'nobody', 'env=x')).toMatchObject({ code: 66, stdout: '' })
    expect((await describeNode('roof-1')).notes).toEqual(before.notes)
  })
})

describe('files', () => {
  const manifest = `
kind: Node
name: gate-1
labels: { env: null, zone: yard }
note: |
  Two
  lines
place: { site: Mill }
---
kind: Group
name: yard
description: What stands in the yard
selector: { zone: yard }
nodes: [roof-1]
`

  it('are compared, applied once, and then make no difference', async () => {
    writeFileSync(file('fleet.yaml'), manifest)
    const diff = await ask('diff', '-f', file('fleet.yaml'))
    expect(diff).toMatchObject({ code: 1, stderr: expect.stringMatching(/^wrale: CONFLICT: 2 of 2 objects/) })
    expect(diff.stdout).toContain('group/yard (new)\n  description: (none) → "What stands in the yard"')
    const dry = await ask('apply', '-f', file('fleet.yaml'), '--dry-run', '-o', 'json')
    expect(JSON.parse(dry.stdout)).toMatchObject({ items: [{ state: 'changed' }, { state: 'created' }] })
    expect((await json<{ items: unknown[] }>('get', 'groups')).items).toEqual([])

    expect(await good('apply', '-f', file('fleet.yaml'))).toMatch(/^node\/gate-1 +changed +label\/env/m)
    expect(await good('apply', '-f', file('fleet.yaml'))).toMatch(/^group\/yard +unchanged$/m)
    expect(await ask('diff', '-f', file('fleet.yaml'))).toMatchObject({ code: 0, stdout: '' })
    expect((await describeNode('gate-1')).notes).toEqual({
      labels: { zone: 'yard' },
      note: 'Two\nlines\n',
      place: { site: 'Mill' },
      groups: ['yard'],
    })
  })

  it('make groups that are listed, described, removed and made again', async () => {
    expect(await good('get', 'groups')).toMatch(/^yard +2 +zone=yard +1 +What stands in the yard$/m)
    expect(await good('describe', 'group', 'yard')).toMatch(/^ {2}roof-1: +by hand, 12D3KooW/m)
    expect(parse(await good('get', 'groups', '-o', 'yaml'))).toMatchObject({
      items: [
        { name: 'yard', members: expect.arrayContaining([expect.objectContaining({ name: 'gate-1' })]) as unknown[] },
      ],
    })
    await good('delete', 'group', 'yard')
    expect(await ask('describe', 'group', 'yard')).toMatchObject({ code: 66 })
    expect((await describeNode('gate-1')).groups).toBeUndefined()
    expect(await good('apply', '-f', file('fleet.yaml'))).toMatch(/^group\/yard +created/m)
  })

  it('that are wrong change nothing, and say where', async () => {
    writeFileSync(file('wrong.yaml'), 'kind: Node\nname: roof-1\nlabels: { env: x }\n---\nkind: Node\nname: nobody\n')
    expect(await ask('apply', '-f', file('wrong.yaml'))).toMatchObject({
      code: 66,
      stdout: '',
      stderr: `wrale: NOT_FOUND: ${file('wrong.yaml')}:5: no node is called "nobody"\n`,
    })
    writeFileSync(file('wrong.yaml'), 'kind: Node\nname: roof-1\nlabel: { env: x }\n')
    expect(await ask('apply', '-f', file('wrong.yaml'))).toMatchObject({
      code: 65,
      stderr: expect.stringContaining(`${file('wrong.yaml')}:3:1: label:`),
    })
    expect((await describeNode('roof-1')).notes?.labels['env']).toBe('test')
    expect(await ask('apply', '-f', file('missing.yaml'))).toMatchObject({ code: 65 })
  })
})

describe('what happened', () => {
  it('is listed, the newest first, and by member and name', async () => {
    const events = await good('get', 'events', '--name', 'audit.', '--limit', '3')
    expect(events).toMatch(
      /^ *WHEN +SEVERITY +MEMBER +EVENT +MESSAGE\n.* info +desk +audit\.group-changed +The command line/,
    )
    expect(events.trim().split('\n')).toHaveLength(4)
    const { items } = await json<{ items: { name: string; data: { about: string } }[] }>(
      'get',
      'events',
      '--member',
      'gate-1',
    )
    const { id } = await describeNode('gate-1')
    expect(items.length).toBeGreaterThan(2)
    expect(items.every(({ data }) => data.about === id)).toBe(true)
    expect(items.at(-1)).toMatchObject({ name: 'member.joined', message: 'gate-1 joined the fleet as a node' })
  })

  it('has no conflicts with one station', async () => {
    expect(await ask('get', 'conflicts')).toMatchObject({ code: 0, stderr: expect.stringContaining('Stations agree') })
    expect(await ask('conflict', 'settle', 'node/roof-1', 'label/env', '--keep')).toMatchObject({ code: 66 })
  })
})
