import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type MeshNode, ScriptedNode, startMeshNode } from '@wrale/brain/testing'
import { loadIdentity } from '@wrale/host'
import { FleetError } from '@wrale/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carryOut } from '../testing/carry-out.ts'
import { LocalStation } from '../testing/local-station.ts'
import { eventually } from '../testing/programs.ts'
import { announce } from './announcement.ts'

const station = new LocalStation()
const script = new ScriptedNode()
let node: MeshNode
const ask = (...args: string[]) => carryOut(...args, '--state-dir', station.stateDir)
const good = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await ask(...args)
  expect([code, stderr.includes('wrale: ')], stderr).toEqual([0, false])
  return stdout
}
const lastCommand = () => script.commands.at(-1)?.command

beforeAll(async () => {
  await station.start()
  await announce(station.stateDir, station.url)
  const root = await loadIdentity(join(station.stateDir, 'fleet-root.key'))
  if (root === undefined) throw new Error('the station has no root key')
  node = await startMeshNode(root, 'roof-1', station.station.fleet().station.addresses, script.prepare)
  await eventually('the node is listed', async () => {
    const { items } = (await (await station.request('/api/v1/nodes')).json()) as { items: unknown[] }
    return items.length > 0 || undefined
  })
})

afterAll(async () => {
  await node.stop()
  await station.remove()
})

describe('self-tests', () => {
  it('are run with their progress on stderr, listed, and saved as a page or as JSON', async () => {
    const { code, stdout, stderr } = await ask('diag', 'run', 'roof', '--load')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^RESULT +TEST +FOUND +EXPECTED +DETAIL\npass +Test <0> +2010 rpm +- +as it should be\nwarn /,
    )
    expect(stderr).toMatch(/^roof-1: run [\w-]+\nroof-1: 0 of 2, The fan turns\nroof-1: 1 of 2, The fan turns\n$/)
    const json = JSON.parse(await good('diag', 'run', 'roof-1', '--json')) as { id: string; results: unknown[] }
    expect(json.results).toHaveLength(2)
    expect(await good('diag', 'list', 'roof-1')).toMatch(
      new RegExp(`^RUN[^]*\n${json.id} +done [^]*\nSchedule: none\n$`),
    )

    const page = join(station.stateDir, 'report.html')
    await good('diag', 'report', 'roof-1', json.id.slice(0, 8), '-o', page)
    expect(readFileSync(page, 'utf8')).toContain('Test &lt;0&gt;')
    await good('diag', 'report', 'roof-1', '-o', join(station.stateDir, 'report.json'))
    expect(JSON.parse(readFileSync(join(station.stateDir, 'report.json'), 'utf8'))).toEqual(json)
    expect(await ask('diag', 'report', 'roof-1', 'nonsense', '-o', '-')).toMatchObject({ code: 66, stdout: '' })
    expect(await ask('diag', 'report', 'roof-1', '-o', '/nowhere/at/all.html')).toMatchObject({ code: 65 })
    expect(await good('diag', 'stop', 'roof-1', json.id)).toContain('had ended already')
  })

  it('that fail end with a status of their own', async () => {
    script.outcome = ['pass', 'fail']
    const { code, stdout, stderr } = await ask('diag', 'run', 'roof-1')
    script.outcome = ['pass', 'warn']
    expect([code, stdout.includes('fail')]).toEqual([1, true])
    expect(stderr).toMatch(/\nwrale: CONFLICT: 1 of 2 tests failed\n$/)
    script.refusal = new FleetError('CONFLICT', 'the machine is throttled')
    expect(await ask('diag', 'run', 'roof-1')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'wrale: CONFLICT: the machine is throttled\n',
    })
  })

  it('are a page over HTTP, with nothing in it that the policy of pages keeps out', async () => {
    const { id } = JSON.parse(await good('diag', 'run', 'roof-1', '--json')) as { id: string }
    const path = `/api/v1/nodes/${node.id}/diagnostics/${id}/report`
    const answer = await station.request(path)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const page = await answer.text()
    const nonce = /<style nonce="([^"]+)">/.exec(page)?.[1]
    expect(answer.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
    expect((await fetch(station.url + path)).status).toBe(401)
    const missing = await station.request(`/api/v1/nodes/${node.id}/diagnostics/no-such-run/report`)
    expect([missing.status, ((await missing.json()) as { code: string }).code]).toEqual([404, 'NOT_FOUND'])
    const { paths } = (await (await station.request('/api/v1/openapi.json')).json()) as {
      paths: Record<string, unknown>
    }
    for (const part of [
      'hardware',
      'diagnostics/{run}',
      'diagnostics/{run}/report',
      'overrides/{kind}',
      'tamper/reset',
    ])
      expect(Object.keys(paths)).toContain(`/nodes/{id}/${part}`)
  })
})

describe('a node', () => {
  it('is told what to do', async () => {
    expect(await good('override', 'roof-1', 'fan', '50%', '--for', '10m', '--why', 'too loud')).toBe(
      'roof-1  fan 50 % for 10 min\n',
    )
    expect(lastCommand()).toEqual({
      do: 'override',
      override: { what: { kind: 'fan', duty: 0.5 }, why: 'too loud', forSeconds: 600 },
    })
    expect(await good('override', 'roof-1', 'fan', '--end')).toBe('roof-1  the override "fan" is over; fan 40 %\n')
    expect(await good('tamper', 'reset', 'roof-1', '--why', 'it was us')).toBe('roof-1  tamper clear\n')
    expect(await good('line', 'roof-1', 'relay', 'on')).toBe('roof-1  relay reads on\n')
    expect(script.commands.at(-1)?.caller).toBe('local')
    script.refusal = new FleetError('CONFLICT', 'The fan must run at 80 % or more now')
    expect(await ask('override', 'roof-1', 'fan', '10%', '--for', '1m', '--why', 'x')).toMatchObject({
      code: 1,
      stderr: 'wrale: CONFLICT: The fan must run at 80 % or more now\n',
    })
  })

  it('that is simulated is shown, changed and mended', async () => {
    expect(await good('sim', 'roof-1')).toMatch(/^Faults: +none\nCan break: +fan-stall, heat-wave\n/)
    expect(await good('sim', 'roof-1', 'set', 'ambientCelsius', '35')).toMatch(/ambientCelsius: +35\n/)
    expect(await good('sim', 'roof-1', 'fault', 'fan-stall', 'heat-wave')).toMatch(/^Faults: +fan-stall, heat-wave\n/)
    expect(await good('sim', 'roof-1', 'clear', 'heat-wave')).toMatch(/^Faults: +fan-stall\n/)
    expect(JSON.parse(await good('sim', 'roof-1', 'clear', '-o', 'json'))).toMatchObject({ faults: [] })
  })

  it('is described with its hardware and what its policies do', async () => {
    const words = await good('describe', 'node', 'roof-1')
    expect(words).toMatch(/^Safety:\n {2}thermal: +normal\n {2}in effect: +fan 40 %\n {2}latched: +case$/m)
    expect(words).toMatch(/^ {2}relay: +out, off\n {2}case-switch: +in, on \(case\)$/m)
    expect(words).toMatch(/^Sensors:\n {2}air humidity: +bad: stuck\n {2}air temperature: +23\.5 °C$/m)
    expect(JSON.parse(await good('describe', 'node', 'roof-1', '-o', 'json'))).toMatchObject({
      name: 'roof-1',
      live: { hardware: { fan: { askedDuty: 0.4 } }, safety: { tamper: { latched: ['case'] } } },
    })
  })

  it('is cooled as operators say, with a history that can be taken back', async () => {
    const curve = '[{"duty":0,"celsius":45},{"duty":1,"celsius":70}]'
    expect(await good('thermal', 'roof-1', '--profile', 'cool', '--curve', '45:0,70:100%')).toMatch(
      /^roof-1 {2}thermal\.profile: \(none\) → "cool"\nroof-1 {2}thermal\.curve: \(none\) → \[\{/,
    )
    expect(await good('thermal', 'roof-1', '--profile', 'cool', '--curve', '45:0,70:1')).toBe('roof-1  unchanged\n')
    expect(await good('describe', 'node', 'roof-1')).toMatch(/^Cooling wanted:\n {2}profile: +"cool"\n {2}curve: +\[/m)
    expect(await good('thermal', 'roof-1', '--curve', 'own')).toContain('→ (none)')
    expect(await good('thermal', 'roof-1', '--undo')).toContain('thermal.curve: (none) → [')
    const { notes } = JSON.parse(await good('describe', 'node', 'roof-1', '-o', 'json')) as {
      notes: { thermal: object }
    }
    expect(notes.thermal).toEqual({ profile: 'cool', curve: JSON.parse(curve) as unknown })
    const falling = {
      thermal: {
        curve: [
          { celsius: 40, duty: 1 },
          { celsius: 60, duty: 0 },
        ],
      },
    }
    const headers = { 'content-type': 'application/json' }
    const refused = await station.request(`/api/v1/nodes/${node.id}`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify(falling),
    })
    expect([refused.status, await refused.json()]).toMatchObject([400, { issues: [{ path: 'thermal.curve.1.duty' }] }])
  })
})
