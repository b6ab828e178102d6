import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carryOut } from '../testing/carry-out.ts'
import { LocalStation } from '../testing/local-station.ts'
import { eventually } from '../testing/programs.ts'
import { announce } from './announcement.ts'

const desk = new LocalStation()
const van = new LocalStation({ name: 'van', sameFleetAs: desk })

const begin = async (station: LocalStation, peers: readonly string[] = []): Promise<void> => {
  await station.start(peers)
  await announce(station.stateDir, station.url)
}
const at = (station: LocalStation, ...args: string[]) => carryOut(...args, '--state-dir', station.stateDir)
const good = async (station: LocalStation, ...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await at(station, ...args)
  expect(code, stderr).toBe(0)
  return stdout
}
const apply = (station: LocalStation, manifest: string): Promise<string> => {
  const file = join(station.stateDir, 'manifest.yaml')
  writeFileSync(file, manifest)
  return good(station, 'apply', '-f', file)
}

beforeAll(async () => {
  await begin(desk)
  await begin(van)
  await apply(desk, 'kind: Group\nname: roofs\ndescription: Of the desk\nselector: { zone: a }\n')
  await apply(
    van,
    'kind: Group\nname: roofs\ndescription: Of the van\nselector: { zone: b }\n---\nkind: Group\nname: own\n',
  )
  await van.stop()
  await begin(van, desk.station.fleet().station.addresses)
  await eventually('both stations know of the conflicts', async () => {
    const tables = await Promise.all([desk, van].map((station) => good(station, 'get', 'conflicts')))
    return tables.every((table) => table.split('\n').length === 4) ? true : undefined
  })
})

afterAll(() => Promise.all([desk.remove(), van.remove()]))

describe('what two stations said without knowing of each other', () => {
  it('is listed with both values and who said them', async () => {
    const table = await good(desk, 'get', 'conflicts')
    expect(table).toMatch(/^group\/roofs +description +"Of the van" by van, \S.* ago +"Of the desk" by desk, /m)
    expect(table).toMatch(/^group\/roofs +selector +\{"zone":"b"\} by van, .* \{"zone":"a"\} by desk, /m)
  })

  it('is decided for the value of one of them, or another, and is then decided everywhere', async () => {
    expect(await good(desk, 'conflict', 'settle', 'group/roofs', 'description', '--take', 'desk')).toBe(
      'group/roofs  description: "Of the desk" holds\n',
    )
    expect(await good(desk, 'conflict', 'settle', 'group/roofs', 'selector', '--value', 'zone=c')).toBe(
      'group/roofs  selector: {"zone":"c"} holds\n',
    )
    await eventually('the other station knows', async () =>
      (await good(van, 'describe', 'group', 'roofs')).includes('zone=c') ? true : undefined,
    )
    expect(await at(van, 'get', 'conflicts')).toMatchObject({ stderr: expect.stringContaining('Stations agree') })
    const history = await good(van, 'history', 'group', 'roofs', '--field', 'description')
    expect(history).toMatch(/desk +description +"Of the desk"\n.*van +description +"Of the van"\n.*desk +description/)
  })

  it.each([
    [['group/roofs', 'description', '--keep'], 66],
    [['group/nothing', 'description', '--keep'], 66],
  ])('is not decided twice, nor where there is none: %j', async (args, code) => {
    expect(await at(desk, 'conflict', 'settle', ...args)).toMatchObject({ code, stdout: '' })
  })

  it('leaves no trace of conflict on what one of them said alone', async () => {
    expect(await good(desk, 'get', 'groups', '-o', 'json')).toContain('"name": "own"')
  })
})
