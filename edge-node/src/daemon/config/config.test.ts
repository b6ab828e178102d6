import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { maxConfigBytes, parseYaml } from '@wrale/host/yaml'
import { FleetError } from '@wrale/kernel'
import { edgeConfigSchema } from '@wrale/protocol/config'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { overridesOf } from './flags.ts'
import { loadConfig } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'wrale-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const parse = (text: string) => parseYaml(text, 'edge.yaml', edgeConfigSchema)

/** How an attempt ended: `read`, the code of its error, or `crashed`. */
function codeOf(attempt: () => unknown): string {
  try {
    attempt()
    return 'read'
  } catch (error) {
    return error instanceof FleetError ? error.code : 'crashed'
  }
}

describe('the configuration file', () => {
  it('is all defaults when it is empty', () => {
    expect(parse('')).toEqual(edgeConfigSchema.parse({}))
    expect(parse('# only a comment\n')).toEqual(edgeConfigSchema.parse({}))
  })

  it.each([
    ['name: node one\n', 'edge.yaml:1:7: name: must be'],
    ['name: a\ntelemetry:\n  sampleIntervalMs: 5\n', 'edge.yaml:3:21: telemetry.sampleIntervalMs: '],
    [
      'name: a\ntelemetry:\n  sampleIntervalSeconds: 5\n',
      'edge.yaml:3:3: telemetry.sampleIntervalSeconds: Unrecognized key',
    ],
    ['mdsn: false\n', 'edge.yaml:1:1: mdsn: Unrecognized key'],
    ['listen:\n  - /ip4/0.0.0.0/tcp/0\n  - nonsense\n', 'edge.yaml:3:5: listen.1: must be a multiaddr'],
    [
      'simulation:\n  faults:\n    - fault: fan-stall\n    - afterSeconds: 3\n',
      'edge.yaml:4:7: simulation.faults.1.fault: ',
    ],
    ['metal: plastic\n', 'edge.yaml:1:8: metal: '],
    ['- a\n- b\n', 'edge.yaml:1:1: '],
    ['just words\n', 'edge.yaml:1:1: '],
    ['name: a\nname: b\n', 'edge.yaml:2:1: Map keys must be unique'],
    ['name: [a\n', 'edge.yaml:2:1: '],
    ['name: "a\n', 'edge.yaml:2:1: '],
    ['a: b: c\n', 'edge.yaml:1:4: '],
    ['--- \nname: a\n---\nname: b\n', 'edge.yaml:'],
    ['name: *nobody\n', 'edge.yaml:1:7: '],
    ['name: !secret x\n', 'edge.yaml:1:7: '],
  ])('is refused with line, column and path: %j', (text, expected) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    expect(() => parse(text)).toThrow(expected)
  })

  it('cannot be made to grow, in size or by aliases', () => {
    expect(() => parse(`#${'x'.repeat(maxConfigBytes)}`)).toThrow('larger than')
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n`
    expect(() => parse(bomb)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })

  it('never fails in any other way, whatever is in it', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('name: a', 'mdns: true', '  - x', 'telemetry:', '&a *a', '!!map {', '? ', '\t- '),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const outcome = codeOf(() => edgeConfigSchema.parse(parse(lines.join('\n'))))
        expect(['read', 'CONFIG_INVALID']).toContain(outcome)
      }),
      { numRuns: 500 },
    )
  })
})

describe('loadConfig', () => {
  it('puts the command line over the file, and the file over the defaults', async () => {
    const file = join(folder, 'edge.yaml')
    writeFileSync(file, 'name: from-file\nmdns: false\nlog:\n  level: debug\n')
    const { config, file: used } = await loadConfig(file, overridesOf({ name: 'from-flag', http: '127.0.0.1:0' }))
    expect(config).toMatchObject({
      name: 'from-flag',
      mdns: false,
      log: { level: 'debug' },
      http: '127.0.0.1:0',
      metal: 'auto',
    })
    expect(used).toBe(file)
  })

  it('needs the file that it is told to read', async () => {
    await expect(loadConfig(join(folder, 'none.yaml'))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('no such file') as string,
    })
    await expect(loadConfig(folder)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})

describe('the flags of run', () => {
  it('leave alone what they do not name', () => {
    expect(overridesOf({ mdns: true })).toEqual({})
    expect(overridesOf({ mdns: false, peer: ['/ip4/192.0.2.7/tcp/4001'] })).toEqual({
      mdns: false,
      peers: ['/ip4/192.0.2.7/tcp/4001'],
    })
  })

  it.each([
    ['--name', { name: 'a b' }],
    ['--metal', { metal: 'plastic' }],
    ['--listen', { listen: ['127.0.0.1:80'] }],
    ['--peer', { peer: ['/ip4/1.2.3.4'] }],
    ['--http', { http: '9464' }],
    ['--http', { http: '127.0.0.1:99999' }],
  ])('are refused by name: %s', (flag, flags) => {
    expect(() => overridesOf(flags)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(flag) as string }),
    )
  })
})
