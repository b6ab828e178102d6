import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'

const SCRIPTS = join(import.meta.dirname, '..')

/** Stands in for npm: notes that it ran, takes a moment, and installs a "node" that is the one running this test. */
const FAKE_NPM = `
import { appendFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
appendFileSync('npm-runs', process.argv.slice(2).join(' ') + '\\n')
if (process.env.NPM_FAILS) process.exit(7)
await new Promise((resolve) => setTimeout(resolve, 300))
mkdirSync('node_modules/node/bin', { recursive: true })
if (!existsSync('node_modules/node/bin/node')) symlinkSync(${JSON.stringify(process.execPath)}, 'node_modules/node/bin/node')
`
const ECHO_TASK = `
const [code = '0'] = process.argv.slice(2)
console.log(JSON.stringify(process.argv.slice(2)))
process.exitCode = Number(code)
`
const WAIT_TASK = `
const timer = setInterval(() => {}, 1000)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    console.log('got ' + signal)
    setTimeout(() => { clearInterval(timer); process.exit(3) }, 100)
  })
}
console.log('ready ' + process.pid)
`

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wrale-bootstrap-'))
  await mkdir(join(root, 'build/scripts'), { recursive: true })
  await mkdir(join(root, 'shared/kernel'), { recursive: true })
  const files = {
    'package.json': '{"type":"module","workspaces":["shared/*"]}',
    'package-lock.json': '{"packages":{}}',
    'shared/kernel/package.json': '{"name":"kernel"}',
    'npm-cli.js': FAKE_NPM,
    'build/scripts/echo.ts': ECHO_TASK,
    'build/scripts/wait.ts': WAIT_TASK,
  }
  await Promise.all(Object.entries(files).map(([file, source]) => writeFile(join(root, file), source)))
  await cp(join(SCRIPTS, 'bootstrap.mjs'), join(root, 'build/scripts/bootstrap.mjs'))
  await cp(join(SCRIPTS, 'bootstrap'), join(root, 'build/scripts/bootstrap'), { recursive: true })
})

afterEach(() => rm(root, { recursive: true, force: true }))

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [join(root, 'build/scripts/bootstrap.mjs'), ...args], {
    env: { ...process.env, npm_execpath: join(root, 'npm-cli.js'), ...env },
  })
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)])
  await closed
  return { code: child.exitCode, stdout, stderr }
}

const npmRuns = async (): Promise<string[]> => (await readFile(join(root, 'npm-runs'), 'utf8')).trimEnd().split('\n')

test('installs once, passes arguments and the exit code, and keeps stdout for the task', async () => {
  const first = await finish(start(['echo', '5', '--flag', 'a b']))
  expect(first).toMatchObject({ code: 5, stdout: '["5","--flag","a b"]\n' })
  expect(first.stderr).toContain('installing the npm packages')
  expect(await finish(start(['echo']))).toEqual({ code: 0, stdout: '[]\n', stderr: '' })
  expect(await npmRuns()).toEqual(['ci --include=dev --loglevel=error'])
})

test('a changed manifest installs again; a changed file that no one installs from does not', async () => {
  await finish(start(['echo']))
  await writeFile(join(root, 'shared/kernel/index.ts'), 'export {}')
  await finish(start(['echo']))
  expect(await npmRuns()).toHaveLength(1)
  await rm(join(root, 'node_modules/node'), { recursive: true })
  await writeFile(join(root, 'shared/kernel/package.json'), '{"name":"kernel","dependencies":{"a":"1"}}')
  await finish(start(['echo']))
  expect(await npmRuns()).toHaveLength(2)
})

test('what is installed already is brought up to date in place, not pulled from under running programs', async () => {
  await finish(start(['echo']))
  await writeFile(join(root, 'node_modules/.package-lock.json'), '{"packages":{}}')
  await writeFile(join(root, 'package-lock.json'), '{"packages":{"node_modules/a":{"version":"1.0.0"}}}')
  await finish(start(['echo']))
  const flags = '--include=dev --loglevel=error'
  expect(await npmRuns()).toEqual([`ci ${flags}`, `install --no-save ${flags}`])
})

test('packages that fit the lock file without a stamp, as after npm install, are taken as they are', async () => {
  await mkdir(join(root, 'node_modules/node/bin'), { recursive: true })
  await symlink(process.execPath, join(root, 'node_modules/node/bin/node'))
  const lock =
    '{"packages":{"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"1.0.0","optional":true}}}'
  await writeFile(join(root, 'package-lock.json'), lock)
  await writeFile(join(root, 'node_modules/.package-lock.json'), '{"packages":{"node_modules/a":{"version":"1.0.0"}}}')
  expect(await finish(start(['echo']))).toEqual({ code: 0, stdout: '[]\n', stderr: '' })
})

test('two runs at once install once', async () => {
  const both = await Promise.all([finish(start(['echo', '1'])), finish(start(['echo', '2']))])
  expect(both.map(({ code }) => code)).toEqual([1, 2])
  expect(await npmRuns()).toHaveLength(1)
})

test('the lock of a run that was killed does not stop the next one', async () => {
  const dead = spawn(process.execPath, ['--version'])
  await once(dead, 'close')
  await mkdir(join(root, '.cache'))
  await writeFile(join(root, '.cache/install.lock'), String(dead.pid))
  expect(await finish(start(['echo']))).toMatchObject({ code: 0 })
})

test('a failed install is one line with a code, and the task does not run', async () => {
  const { code, stdout, stderr } = await finish(start(['echo'], { NPM_FAILS: '1' }))
  expect({ code, stdout }).toEqual({ code: 69, stdout: '' })
  expect(stderr).toMatch(/^wrale: INSTALL_FAILED: 'npm ci' ended with code 7; see above$/m)
  expect(stderr).not.toContain('    at ')
})

test('an unknown task is a usage error', async () => {
  expect(await finish(start(['../evil']))).toMatchObject({
    code: 2,
    stderr: "wrale: USAGE: no task called '../evil'\n",
  })
})

test('a signal reaches the task once, and its exit code comes back', async () => {
  const child = start(['wait'])
  const [ready] = (await once(child.stdout!, 'data')) as [Buffer]
  expect(ready.toString()).toMatch(/^ready \d+\n$/)
  const rest = text(child.stdout!)
  child.kill('SIGTERM')
  child.kill('SIGTERM')
  await once(child, 'close')
  expect(child.exitCode).toBe(3)
  expect(await rest).toBe('got SIGTERM\n')
})

test('the task hangs up when npm, two processes above it, is killed', async () => {
  const bootstrap = JSON.stringify([join(root, 'build/scripts/bootstrap.mjs'), 'wait'])
  const npm = spawn(
    process.execPath,
    ['-e', `require('node:child_process').spawn(process.execPath, ${bootstrap}, { stdio: 'inherit' })`],
    { env: { ...process.env, npm_execpath: join(root, 'npm-cli.js') } },
  )
  await once(npm.stdout, 'data')
  npm.kill('SIGKILL')
  expect(await text(npm.stdout)).toBe('got SIGHUP\n')
})
