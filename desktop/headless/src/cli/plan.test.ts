import type { PeerIdText } from '@wrale/protocol'
import type { GroupView, NodeNotes } from '@wrale/protocol/api'
import { describe, expect, it } from 'vitest'
import { parseLabelWords } from './label.ts'
import { parseManifests } from './manifest.ts'
import { planOf, type Step } from './plan.ts'

const idOf = (last: string): PeerIdText => `12D3KooW${'a'.repeat(43)}${last}` as PeerIdText
const nodes = [
  { id: idOf('1'), name: 'roof-1' },
  { id: idOf('2'), name: 'gate-1' },
  { id: idOf('3'), name: 'twin' },
  { id: idOf('4'), name: 'twin' },
]
const notes: NodeNotes = { labels: { env: 'prod' }, note: 'x', place: { site: 'Mill' }, groups: [] }
const roofs: GroupView = {
  name: 'roofs',
  description: null,
  selector: { zone: 'roof', env: 'prod' },
  nodes: [idOf('2'), idOf('1')],
  members: [],
}
const plan = (text: string): Promise<Step[]> =>
  planOf(parseManifests(text, 'f.yaml'), { nodes, groups: [roofs], notesOf: async () => notes })

describe('the plan of a file', () => {
  it('has what would be different and nothing else', async () => {
    const [step] = await plan(
      '{kind: Node, name: roof-1, labels: {env: prod, old: null, a: b}, note: y, place: {site: Mill}}',
    )
    expect(step).toMatchObject({
      object: 'node/roof-1',
      state: 'changed',
      changes: [
        { field: 'label/a', from: null, to: 'b' },
        { field: 'note', from: 'x', to: 'y' },
      ],
    })
  })

  it('is unchanged for what is so already, in whatever order it is written', async () => {
    const steps = await plan(
      '{kind: Node, id: ' +
        idOf('1') +
        ', labels: {env: prod}}\n---\n{kind: Group, name: roofs, selector: {env: prod, zone: roof}, nodes: [roof-1, gate-1]}',
    )
    expect(steps.map(({ state }) => state)).toEqual(['unchanged', 'unchanged'])
  })

  it('makes groups of names and ids, each node once', async () => {
    const [step] = await plan(`{kind: Group, name: new, nodes: [gate-1, ${idOf('1')}, gate-1]}`)
    expect(step).toMatchObject({ state: 'created', call: { group: { name: 'new', nodes: [idOf('1'), idOf('2')] } } })
  })

  it.each([
    ['{kind: Node, name: nobody}', 'NOT_FOUND', 'f.yaml:1: no node is called "nobody"'],
    ['{kind: Node, name: twin}', 'CONFLICT', 'f.yaml:1: "twin" fits 2 nodes'],
    ['{kind: Group, name: x, nodes: [nobody]}', 'NOT_FOUND', 'f.yaml:1: no node is called "nobody"'],
    [
      '{kind: Node, name: roof-1}\n---\n{kind: Node, id: ' + idOf('1') + '}',
      'INPUT_INVALID',
      'f.yaml:3: node/roof-1 is at f.yaml:1',
    ],
  ])('does not come of %j', async (text, code, message) => {
    await expect(plan(text)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it.each([
    ['{kind: Node}', 'either the name or the id'],
    ['{kind: Node, name: a, id: ' + idOf('1') + '}', 'either the name or the id'],
    ['{kind: Group, name: Roofs}', 'name:'],
    ['{kind: Node, name: a, place: {room: x}}', 'place.room'],
    ['{kind: Node, name: a, labels: {ENV: x}}', 'labels.ENV'],
    ['{kind: Node, name: a, labels: {env: 3}}', 'labels.env'],
  ])('needs a file that is right: %j', (text, message) => {
    expect(() => parseManifests(text, 'f.yaml')).toThrow(message)
  })
})

describe('words of a label command', () => {
  it('are nodes and labels', () => {
    expect(parseLabelWords(['roof-1', 'gate', 'env=a=b', 'old-', 'none='])).toEqual({
      names: ['roof-1', 'gate'],
      labels: { env: 'a=b', old: null, none: '' },
    })
  })

  it.each([['=x'], ['Env=x'], ['-'], [`env=${'x'.repeat(129)}`]])('are wrong: %j', (word) => {
    expect(() => parseLabelWords([word])).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
