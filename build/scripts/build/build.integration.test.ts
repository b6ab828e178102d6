import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { build, type BuildResult } from './build.ts'
import { listFiles } from './files.ts'
import type { Target, TargetName } from './targets.ts'

const execute = promisify(execFile)

const definitions = {
  edge: {
    kind: 'bundle',
    entries: [{ entry: 'edge/main.ts', outfile: 'edge/dist/edge.mjs', format: 'esm' }],
    external: [],
    executable: true,
  },
  web: { kind: 'web', root: 'pages', outdir: 'pages/dist', sources: ['pages', 'lib'] },
  'station-web': { kind: 'copy', from: 'pages/dist', to: 'station/dist/web' },
} satisfies Partial<Record<TargetName, Target>>

let root: string

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), contents)
  }
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wrale-build-'))
  await write({
    'package.json': '{"type":"module"}',
    'package-lock.json': '{}',
    'edge/main.ts':
      "import { greeting } from '../lib/greeting.ts'\nclass Rover {}\nconsole.log(greeting, Rover.name)\n",
    'lib/greeting.ts': "import { part } from '@maker/part'\nexport const greeting: string = part('hello')\n",
    'node_modules/@maker/part/package.json':
      '{"name":"@maker/part","version":"1.2.3","license":"MIT","type":"module","exports":"./lib/index.js"}',
    'node_modules/@maker/part/lib/index.js': 'export const part = (text) => text\n',
    'node_modules/@maker/part/LICENCE': 'Free for all.\n',
    'lib/greeting.test.ts': 'throw new Error()\n',
    'pages/index.html': '<script type="module" src="/main.ts"></script>\n',
    'pages/main.ts': "import { greeting } from '../lib/greeting.ts'\ndocument.title = greeting\n",
    'pages/vite.config.ts': 'export default {}\n',
  })
})

afterEach(() => rm(root, { recursive: true, force: true }))

const run = (...targets: TargetName[]): Promise<BuildResult[]> =>
  build({ root, definitions, ...(targets.length > 0 && { targets }) })
const builtNames = (results: readonly BuildResult[]): string[] =>
  results.filter(({ built }) => built).map(({ name }) => name)

test('a bundle runs by itself, keeps its names, and has its licences and source map beside it', async () => {
  const [result] = await run('edge')
  const program = join(root, 'edge/dist/edge.mjs')
  expect((await execute(program)).stdout).toBe('hello Rover\n')
  expect((await stat(program)).mode & 0o777).toBe(0o755)
  expect(await listFiles(dirname(program))).toEqual(['edge.mjs', 'edge.mjs.LEGAL.txt', 'edge.mjs.map'])
  expect(await readFile(`${program}.LEGAL.txt`, 'utf8')).toContain('@maker/part 1.2.3, MIT\n\nFree for all.\n')
  expect(result?.files.find(({ path }) => path === 'edge/dist/edge.mjs')?.bytes).toBe((await stat(program)).size)
})

test('a program whose source has a shebang gets no second one', async () => {
  await write({ 'edge/main.ts': "#!/usr/bin/env node\nconsole.log('hello')\n" })
  await run('edge')
  expect((await execute(join(root, 'edge/dist/edge.mjs'))).stdout).toBe('hello\n')
})

const OLD_NODE =
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.9.0'}})"

test('on a Node that is too old a program hands over to the installed one, or says what it needs', async () => {
  await write({
    'edge/main.ts': "import { DatabaseSync } from 'node:sqlite'\nconsole.log(process.argv[2], DatabaseSync.name)\n",
  })
  await run('edge')
  const start = (): Promise<unknown> =>
    execute(process.execPath, ['--import', OLD_NODE, join(root, 'edge/dist/edge.mjs'), 'hello'])
  await expect(start()).rejects.toMatchObject({
    code: 69,
    stdout: '',
    stderr: `wrale: UNAVAILABLE: needs Node 24 or later, and this is ${process.version}\n`,
  })
  await mkdir(join(root, 'node_modules/node/bin'), { recursive: true })
  await symlink(process.execPath, join(root, 'node_modules/node/bin/node'))
  expect(await start()).toMatchObject({ stdout: 'hello DatabaseSync\n' })
})

test('only what a change touches is built again', async () => {
  expect(builtNames(await run()).toSorted()).toEqual(['edge', 'station-web', 'web'])
  expect(builtNames(await run())).toEqual([])

  await write({ 'lib/greeting.test.ts': 'throw new Error("changed")\n' })
  expect(builtNames(await run())).toEqual([])

  await write({ 'edge/main.ts': "console.log('alone')\n" })
  expect(builtNames(await run())).toEqual(['edge'])

  await write({ 'lib/greeting.ts': "export const greeting = 'good day'\n" })
  expect(builtNames(await run())).toEqual(['web', 'station-web'])

  await rm(join(root, 'station/dist/web/index.html'))
  expect(builtNames(await run())).toEqual(['station-web'])

  await write({ 'package-lock.json': '{"changed":true}' })
  expect(builtNames(await run())).toHaveLength(3)
})

test('what changes while it is built is built again the next time', async () => {
  const building = run('edge')
  await utimes(join(root, 'edge/main.ts'), new Date(), new Date(Date.now() + 60_000))
  await building
  await utimes(join(root, 'edge/main.ts'), new Date(), new Date(Date.now() - 60_000))
  expect(builtNames(await run())).toContain('edge')
  expect(builtNames(await run())).not.toContain('edge')
})

test('the copy of the pages is complete and loses what the pages no longer have', async () => {
  await run()
  const before = await listFiles(join(root, 'station/dist/web'))
  expect(before).toEqual(await listFiles(join(root, 'pages/dist')))
  await write({ 'pages/main.ts': 'document.title = "new"\n' })
  await run()
  const after = await listFiles(join(root, 'station/dist/web'))
  expect(after).toEqual(await listFiles(join(root, 'pages/dist')))
  expect(after).not.toEqual(before)
})

test('missing sources are named, and so is what does not bundle', async () => {
  await write({ 'edge/main.ts': "import './gone.ts'\n" })
  await expect(run('edge')).rejects.toMatchObject({ code: 'INPUT_INVALID', message: /edge\/main\.ts does not bundle/ })
  await rm(join(root, 'edge/main.ts'))
  await expect(run('edge')).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'edge/main.ts does not exist' })
})

test('a program that runs while it is built again goes on with what it has', async () => {
  await write({
    'edge/main.ts': "process.stdin.on('data', () => import('./later.ts').then((m) => m.say()))\nconsole.log('ready')\n",
  })
  await write({ 'edge/later.ts': "export const say = (): void => { console.log('still here'); process.exit() }\n" })
  await run('edge')
  const program = execFile(join(root, 'edge/dist/edge.mjs'))
  const next = async (): Promise<unknown> => (await once(program.stdout!, 'data'))[0]
  expect(await next()).toBe('ready\n')
  await write({ 'edge/main.ts': "console.log('other')\n" })
  await run('edge')
  program.stdin?.write('go\n')
  expect(await next()).toBe('still here\n')
})
