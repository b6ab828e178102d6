import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { nodeConfigSchema } from './schema.ts'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from './assemble.ts'
import { maxFileBytes, maxParts } from './files.ts'
import { loadConfig } from './load.ts'
import { mergePatch } from './merge-patch.ts'
import { nearestName } from './nearest.ts'
import { ConfigError, type ConfigProblem } from './problems.ts'

const root = mkdtempSync(join(tmpdir(), 'wrale-config-'))
afterAll(() => rmSync(root, { recursive: true }))

const texts = (...contents: string[]) =>
  contents.map((text, index) => ({ file: index === 0 ? 'edge.yaml' : `conf.d/${index}.yaml`, text }))

function problemsIn(...contents: string[]): readonly string[] {
  try {
    assemble(texts(...contents))
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split(';\n')
    throw error
  }
}

/** Problems of an attempt; none when it succeeded. Any other failure is thrown on. */
function outcomeOf(contents: readonly string[]): readonly ConfigProblem[] {
  try {
    nodeConfigSchema.parse(assemble(texts(...contents)))
    return []
  } catch (error) {
    if (error instanceof ConfigError && error.problems.length > 0) return error.problems
    throw error
  }
}

describe('mergePatch', () => {
  // The examples of RFC 7396, appendix A.
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('%s with %s is %s', (target, patch, result) => {
    expect(mergePatch(JSON.parse(target), JSON.parse(patch))).toEqual(JSON.parse(result))
  })

  it('takes __proto__ for a key like any other', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"mdns":false}}'))
    expect(Object.hasOwn(merged as object, '__proto__')).toBe(true)
    expect((merged as { mdns?: boolean }).mdns).toBeUndefined()
  })
})

describe('nearestName', () => {
  it('finds the name that was meant, and none where none is near', () => {
    const known = ['name', 'metal', 'mdns', 'sampleIntervalMs']
    expect(nearestName('mdsn', known)).toBe('mdns')
    expect(nearestName('Names', known)).toBe('name')
    expect(nearestName('sampleInterval', known)).toBe('sampleIntervalMs')
    expect(nearestName('colour', known)).toBeUndefined()
  })
})

describe('a configuration of several files', () => {
  it('is merged in order; null gives a setting back to its default', () => {
    const config = assemble(
      texts(
        'name: a\nmdns: false\ntelemetry: { sampleIntervalMs: 500 }\n',
        'telemetry: { statusIntervalMs: 700 }\npeers: [/ip4/192.0.2.1/tcp/1]\n',
        'mdns: null\npeers: []\n',
      ),
    )
    expect(config).toEqual({
      ...nodeConfigSchema.parse({ name: 'a' }),
      telemetry: { sampleIntervalMs: 500, sensorIntervalMs: 2000, statusIntervalMs: 700 },
    })
  })

  it('says everything that is wrong at once, each where it stands', () => {
    expect(problemsIn('name: node one\nmdsn: false\n', 'telemetry:\n  sampleIntervalMs: 5\n  colour: red\n')).toEqual([
      expect.stringMatching(/^edge\.yaml:1:7: name: must be 1 to 63/),
      expect.stringMatching(/^conf\.d\/1\.yaml:2:21: telemetry\.sampleIntervalMs: /),
      'conf.d/1.yaml:3:3: telemetry.colour: unknown key; known here: sampleIntervalMs, sensorIntervalMs, statusIntervalMs',
      'edge.yaml:2:1: mdsn: unknown key; did you mean mdns?',
    ])
  })

  it('blames the file that had the last word', () => {
    expect(problemsIn('metal: plastic\n', 'metal: wood\n')).toEqual([
      expect.stringMatching(/^conf\.d\/1\.yaml:1:8: metal/),
    ])
    expect(
      problemsIn(
        'simulation:\n  faults: [{ fault: fan-stall }, { fault: nonsense }]\n',
        'simulation:\n  faults:\n    - afterSeconds: 1\n',
      ),
    ).toEqual([expect.stringMatching(/^conf\.d\/1\.yaml:3:7: simulation\.faults\.0\.fault/)])
    expect(problemsIn('log: { level: loud }\n', 'log: 5\n')).toEqual([
      expect.stringMatching(/^conf\.d\/1\.yaml:1:6: log: /),
    ])
  })

  it('refuses unknown keys that are only removed, mappings that are none, aliases, and every YAML error', () => {
    expect(problemsIn('', 'log: { levle: null }\n')).toEqual([
      'conf.d/1.yaml:1:8: log.levle: unknown key; did you mean level?',
    ])
    expect(problemsIn('- a\n', 'just words')).toEqual([
      'edge.yaml:1:1: must be a mapping of settings',
      'conf.d/1.yaml:1:1: must be a mapping of settings',
    ])
    expect(problemsIn('name: &a x\npeers: *a\n')).toEqual(['edge.yaml:2:8: aliases are not allowed here'])
    expect(problemsIn('name: a\nname: b\n', 'x: y: z\n')).toEqual([
      expect.stringMatching(/^edge\.yaml:2:1: /),
      expect.stringMatching(/^conf\.d\/1\.yaml:1:4: /),
    ])
    expect(problemsIn('['.repeat(100_000))).not.toEqual([])
    expect(problemsIn('__proto__: { mdns: false }\n')).not.toEqual([])
  })

  it('never fails otherwise than with problems in its files, whatever is in them', () => {
    const key = fc.constantFrom('name', 'mdns', 'telemetry', 'log', 'peers', 'nmae', 'simulation', '__proto__')
    const text = fc.oneof(
      fc.string(),
      fc
        .dictionary(key, fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(null)))
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (contents) => {
        const files = texts(...contents).map(({ file }) => file)
        const misplaced = outcomeOf(contents).filter(
          ({ file, line, column }) => !files.includes(file) || !(Math.min(line ?? 0, column ?? 0) >= 1),
        )
        expect(misplaced).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

describe('loadConfig with conf.d', () => {
  let folder: string
  let main: string
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'case-'))
    main = join(folder, 'edge.yaml')
    mkdirSync(join(folder, 'conf.d'))
    writeFileSync(main, 'name: main\n')
  })
  const part = (name: string, text: string): void => writeFileSync(join(folder, 'conf.d', name), text)

  it('reads the parts by name and passes over what is none', async () => {
    part('20-b.yaml', 'name: b\n')
    part('10-a.yaml', 'name: a\nmdns: false\n')
    part('30-c.yaml~', 'name: c\n')
    part('.40.yaml', 'name: d\n')
    const loaded = await loadConfig(main)
    expect(loaded.config).toMatchObject({ name: 'b', mdns: false })
    expect(loaded.files).toEqual([main, join(folder, 'conf.d/10-a.yaml'), join(folder, 'conf.d/20-b.yaml')])
  })

  it('follows links to files, and refuses all else that is no file, together with what is wrong elsewhere', async () => {
    symlinkSync(main, join(folder, 'conf.d/1.yaml'))
    mkdirSync(join(folder, 'conf.d/2.yaml'))
    symlinkSync('/dev/zero', join(folder, 'conf.d/3.yaml'))
    part('4.yaml', 'x'.repeat(maxFileBytes + 1))
    writeFileSync(join(folder, 'conf.d/5.yaml'), Buffer.from([0x6e, 0xff, 0xfe]))
    part('6.yaml', '{ name: x\n')
    const error = await loadConfig(main).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(FleetError)
    const lines = (error as Error).message.replaceAll(join(folder, 'conf.d/'), '').split(';\n')
    expect(lines).toEqual([
      '2.yaml: it is a folder, not a file',
      '3.yaml: it is not a regular file',
      `4.yaml: larger than ${maxFileBytes} bytes`,
      '5.yaml: it is not UTF-8 text',
      expect.stringMatching(/^6\.yaml:\d+:\d+: /),
    ])
  })

  it('takes a file of the largest size, and no more parts than it may', async () => {
    part('1.yaml', `name: big\n#${'x'.repeat(maxFileBytes - 12)}\n`)
    await expect(loadConfig(main)).resolves.toMatchObject({ config: { name: 'big' } })
    for (let index = 0; index < maxParts; index++) part(`p${index}.yaml`, '')
    await expect(loadConfig(main)).rejects.toThrow(`more than ${maxParts} files`)
  })
})
