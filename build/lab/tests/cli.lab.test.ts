import { nodeDetailSchema, nodeSchema, problemSchema } from '@wrale/protocol/api'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { labCapability } from '../src/index.ts'
import { type CommandResult, type Fleet, startFleet } from '../fleet/index.ts'

const capability = labCapability()
const skipped = capability.kind === 'loopback' ? ` (skipped: ${capability.reason})` : ''
const listSchema = z.object({ items: z.array(nodeSchema) })

/** How a command refused: it prints one line, with the code first, no stack trace, and nothing where programs look for data. */
function refusalOf({ code: exit, stdout, stderr }: CommandResult): object {
  const lines = stderr.trim().split('\n')
  return { exit, stdout, lines: lines.length, code: /^[\w-]+: ([A-Z_]+): ./.exec(lines[0] ?? '')?.[1] ?? stderr }
}

const refusal = (exit: number, code: string) => ({ exit, stdout: '', lines: 1, code })

describe.skipIf(capability.kind !== 'netns')(`the command line beside a station${skipped}`, () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet({ nodes: 2 })
  })
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(fleet.describe())
  })
  afterAll(async () => {
    await fleet?.close()
  })

  test('lists nodes as JSON and YAML that fit the API’s schema, and as a table', async () => {
    const { station } = fleet
    const json = await station.cli('get', 'nodes', '-o', 'json')
    expect(json).toMatchObject({ code: 0, stderr: '' })
    const { items } = listSchema.parse(JSON.parse(json.stdout))
    expect(items.map(({ name }) => name).toSorted()).toEqual(['n1', 'n2'])

    const yaml = await station.cli('get', 'nodes', '-o', 'yaml')
    expect(yaml.code).toBe(0)
    expect(listSchema.parse(parseYaml(yaml.stdout)).items.map(({ id }) => id)).toEqual(items.map(({ id }) => id))

    const table = await station.cli('get', 'nodes', '-o', 'table')
    expect(table.code).toBe(0)
    const [header, ...rows] = table.stdout.trimEnd().split('\n')
    expect(header).toMatch(/NAME\s+STATE/)
    expect(rows.map((row) => row.split(/\s+/)[0])).toEqual(['n1', 'n2'])
    expect((await station.cli('get', 'nodes')).stdout.split('\n')[0]).toBe(header)
  })

  test('describes one node, by name and by id', async () => {
    const { station, view } = fleet
    const { id } = view.node('n1')
    for (const node of ['n1', id]) {
      const { code, stdout } = await station.cli('describe', 'node', node, '-o', 'json')
      expect(code).toBe(0)
      expect(nodeDetailSchema.parse(JSON.parse(stdout))).toMatchObject({ id, name: 'n1', simulated: true })
    }
    expect((await station.cli('describe', 'node', 'n1')).stdout).toContain(id)
  })

  test('refuses what it does not understand, with one line and the code of its kind', async () => {
    const { station } = fleet
    expect(refusalOf(await station.cli('describe', 'node', 'nobody'))).toEqual(refusal(66, 'NOT_FOUND'))
    expect(refusalOf(await station.cli('get', 'nodes', '-o', 'xml'))).toEqual(refusal(2, 'USAGE'))
    expect(refusalOf(await station.cli('get', 'unicorns'))).toEqual(refusal(2, 'USAGE'))
    expect(refusalOf(await station.cli('get', 'nodes', '--colour'))).toEqual(refusal(2, 'USAGE'))
    expect(refusalOf(await station.cli('frobnicate'))).toEqual(refusal(2, 'USAGE'))
  })

  test('says when there is no station, or the API is not spoken to as it wants', async () => {
    const { station } = fleet
    expect(refusalOf(await station.run('get', 'nodes', '--state-dir', `${station.stateDir}-none`))).toEqual(
      refusal(69, 'NOT_RUNNING'),
    )
    for (const headers of [{ authorization: 'Bearer wrong' }, { authorization: '' }]) {
      const answer = await station.request('/api/v1/nodes', { headers })
      expect(answer.status).toBe(401)
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(problemSchema.parse(answer.json())).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    }
    const body = JSON.stringify({ maxUses: -1 })
    const headers = { 'content-type': 'application/json' }
    const answer = await station.request('/api/v1/join-tokens', { method: 'POST', headers, body })
    expect(problemSchema.parse(answer.json())).toMatchObject({ status: 400, code: 'INPUT_INVALID' })
  })

  test('shows a node’s own status, and what the doctor says of it', async () => {
    const [daemon] = fleet.daemons
    const status = await daemon!.cli('status', '--json')
    expect(status.code).toBe(0)
    expect(JSON.parse(status.stdout)).toMatchObject({ name: 'n1', membership: { standing: 'member' } })
    const doctor = await daemon!.cli('doctor', '--json')
    expect(doctor.code, doctor.stdout).toBe(0)
  })
})
