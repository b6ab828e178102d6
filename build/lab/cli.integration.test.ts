import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { labCapability } from './src/index.ts'

const cli = fileURLToPath(new URL('cli.ts', import.meta.url))
const capability = labCapability()

function lab(args: readonly string[], options: { env?: NodeJS.ProcessEnv; uid?: number; input?: string } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', ...options })
  return { status, stdout, stderr }
}

async function output(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = ''
  child.stdout?.setEncoding('utf8')
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk)
    if (pattern.test(text)) break
  }
  return text
}

test('doctor says what this machine can do', () => {
  expect(JSON.parse(lab(['doctor', '--json']).stdout)).toEqual(capability)
  expect(lab(['doctor']).stdout).toMatch(capability.kind)
})

test('a missing program is named with its package', () => {
  const { status, stdout } = lab(['doctor', '--json'], { env: { PATH: '/nowhere' } })
  const root = process.getuid?.() === 0
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    kind: 'loopback',
    reason: root ? 'the program ip is missing (Debian package iproute2)' : 'network namespaces need root',
  })
})

test('the program runs on every machine, its output named, and its failure is the result', () => {
  const { status, stdout, stderr } = lab(['run', '--nodes', '2', '--', 'sh', '-c', 'echo hello {i}; exit {i}'])
  expect(stdout.split('\n').filter(Boolean).toSorted()).toEqual(['[n1] hello 1', '[n2] hello 2'])
  expect(status).toBe(1)
  expect(stderr.includes('no network namespaces')).toBe(capability.kind === 'loopback')
})

test('a host runs its program with the clock it was given', () => {
  const { status, stdout } = lab([
    'host',
    '--clock',
    '1970-01-01',
    '--',
    process.execPath,
    '-p',
    'new Date().getFullYear()',
  ])
  expect(stdout).toBe('[host] 1970\n')
  expect(status).toBe(0)
})

test('a run ends by itself after its duration', () => {
  expect(lab(['run', '--nodes', '1', '--duration', '0.1', '--', 'sleep', '1000'])).toMatchObject({ status: 0 })
})

test('Ctrl+C ends a run, its programs and its lab', async () => {
  const child = spawn(process.execPath, [cli, 'run', '--nodes', '1', '--', 'sh', '-c', 'echo $$; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pid = Number(/\[n1\] (\d+)/.exec(await output(child, /\n/))?.[1])
  expect(() => process.kill(pid, 0)).not.toThrow('ESRCH')
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('the console obeys, and answers mistakes', () => {
  const input = 'help\nbogus\nkill 9\nkill 1 NOPE\nstat\nfreeze 1\nthaw 1\nkill 1\n'
  const { status, stderr } = lab(['run', '--nodes', '1', '--', 'sleep', '1000'], { input })
  expect(status).toBe(0)
  expect(stderr).toContain('There is no command bogus')
  expect(stderr).toContain('There is no node 9')
  expect(stderr).toContain('NOPE is no signal')
  expect(stderr).toMatch(/n1 [\d.]+: .*CPU \d/)
})

test.each([
  ['an unknown command', ['bogus'], 2],
  ['an unknown flag', ['sweep', '--all'], 2],
  ['no program to run', ['run'], 2],
  ['a program that does not exist', ['host', '--', 'no-such-program'], 66],
])('%s is one line and an exit code', (_, args, code) => {
  const { status, stderr } = lab(args)
  expect(status).toBe(code)
  expect(stderr).toMatch(/^lab: [^\n]+ \[[A-Z_]+\]\n$/)
})

test('nothing at all is answered with how to use it', () => {
  expect(lab([])).toMatchObject({ status: 2, stdout: expect.stringContaining('Usage') as string })
})

const nobody = 65_534
const canBeNobody = process.getuid?.() === 0 && spawnSync(process.execPath, [cli, 'help'], { uid: nobody }).status === 0

test.skipIf(!canBeNobody)('without root (skipped unless root can be left) all runs on loopback, and it says so', () => {
  const { status, stdout, stderr } = lab(['run', '--nodes', '2', '--', 'echo', '{address}'], { uid: nobody })
  expect(stderr).toContain('network namespaces need root')
  expect(stdout).toBe('[n1] 127.0.0.1\n[n2] 127.0.0.1\n')
  expect(status).toBe(0)
})
