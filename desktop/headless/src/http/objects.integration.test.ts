import { conflictSchema, eventSchema, groupSchema, meshViewSchema, problemSchema } from '@wrale/protocol/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LocalStation } from '../testing/local-station.ts'

const station = new LocalStation()
const unknownNode = '12D3KooWCb216C7A3UfkKjkdqT7VGFQfjbbH6CzhTXMi3WbrHsGd'

beforeAll(() => station.start())
afterAll(() => station.remove())

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; data: unknown }> {
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await station.request(`/api/v1${path}`, { method, ...init })
  return { status: response.status, data: await response.json() }
}

describe('groups over REST', () => {
  it('are made, changed, read, removed and remembered', async () => {
    const made = await ask('PUT', '/groups/roofs', { description: 'Up there', selector: { zone: 'roof' } })
    expect([made.status, groupSchema.parse(made.data)]).toEqual([
      200,
      { name: 'roofs', description: 'Up there', selector: { zone: 'roof' }, nodes: [], members: [] },
    ])
    expect((await ask('PUT', '/groups/roofs', { description: null })).data).toMatchObject({
      selector: { zone: 'roof' },
    })
    expect((await ask('GET', '/groups')).data).toEqual({ items: [(await ask('GET', '/groups/roofs')).data] })
    expect(await ask('DELETE', '/groups/roofs')).toMatchObject({ status: 200, data: { name: 'roofs' } })
    expect((await ask('GET', '/groups/roofs')).status).toBe(404)
    const { data } = await ask('GET', '/objects/group/roofs/history?field=deleted')
    expect(data).toMatchObject({
      items: [{ set: { deleted: true }, author: { name: 'desk' } }, { set: { deleted: false } }],
    })
  })

  it.each([
    ['PUT', '/groups/Roofs', {}, 400, 'INPUT_INVALID'],
    ['PUT', '/groups/roofs', { nodes: [unknownNode] }, 400, 'INPUT_INVALID'],
    ['DELETE', '/groups/none', undefined, 404, 'NOT_FOUND'],
    ['POST', '/groups/roofs', {}, 405, 'METHOD_NOT_ALLOWED'],
    ['PATCH', `/nodes/${unknownNode}`, { note: 'x' }, 404, 'NOT_FOUND'],
    ['PATCH', `/nodes/${unknownNode}`, { labels: { Env: 'x' } }, 400, 'INPUT_INVALID'],
    ['GET', '/events?limit=0', undefined, 400, 'INPUT_INVALID'],
    ['GET', '/events?cursor=x', undefined, 400, 'INPUT_INVALID'],
    ['POST', '/conflicts/settle', { object: { type: 'member', id: 'x' }, field: 'y', value: 1 }, 400, 'INPUT_INVALID'],
  ])('answer %s %s %j as a problem', async (method, path, body, status, code) => {
    const answer = await ask(method, path, body)
    expect(problemSchema.parse(answer.data)).toMatchObject({ status, code })
    expect(answer.status).toBe(status)
  })
})

describe('what happened, over REST', () => {
  it('is given in pages', async () => {
    await ask('PUT', '/groups/one', {})
    await ask('PUT', '/groups/two', {})
    const first = (await ask('GET', '/events?name=audit.group-changed&limit=1')).data as {
      items: unknown[]
      nextCursor: string
    }
    expect(eventSchema.parse(first.items[0])).toMatchObject({ data: { object: 'group/two', by: 'local' } })
    const second = (await ask('GET', `/events?name=audit.group-changed&limit=1&cursor=${first.nextCursor}`)).data
    expect(second).toMatchObject({ items: [{ data: { object: 'group/one' } }] })
  })

  it('has a mesh of one, and no conflicts', async () => {
    const { data } = await ask('GET', '/mesh')
    expect(meshViewSchema.parse(data)).toMatchObject({
      members: [{ name: 'desk', self: true, state: 'ok' }],
      links: [],
    })
    const { items } = (await ask('GET', '/conflicts')).data as { items: unknown[] }
    expect(conflictSchema.array().parse(items)).toEqual([])
  })

  it('makes the numbers grow by which watchers know what to ask for', async () => {
    const before = station.station.fleet().revision
    await ask('PUT', '/groups/three', {})
    const after = station.station.fleet().revision
    expect(after?.groups).toBeGreaterThan(before?.groups ?? Infinity)
    expect(after?.events).toBeGreaterThan(before?.events ?? Infinity)
  })
})
