import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  type Environment,
  eventually,
  type Outcome,
  programs,
  run,
  RunningProgram,
  start,
} from '../testing/programs.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'

const folder = temporaryFolder()
const stateDir = join(folder.path, 'state')
const environment: Environment = {
  XDG_STATE_HOME: join(folder.path, 'xdg'),
  XDG_CONFIG_HOME: join(folder.path, 'config'),
}
const loopback = ['--port', '0', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
let station: RunningProgram
let url: string

const wrale = (...args: string[]): Promise<Outcome> => run('wrale', args, environment)
const ask = (...args: string[]): Promise<Outcome> => wrale(...args, '--state-dir', stateDir)
const begin = (...args: string[]): RunningProgram =>
  start('wrale', ['station', '--state-dir', stateDir, ...loopback, ...args], environment)
const announced = (): Promise<string> =>
  eventually('the station announces itself', () => {
    const file = join(stateDir, 'station.json')
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { url: string }).url : undefined
  })

beforeAll(async () => {
  station = begin('--create-fleet', 'Orchard', '--name', 'desk')
  url = await announced()
})

afterAll(async () => {
  await station.stop()
  folder.remove()
})

describe('a running station', () => {
  it('prints its address and a sign-in link, logs JSON lines, and announces itself to its owner only', async () => {
    await eventually('the link is printed', () => station.stdout.includes('/sign-in#code=') || undefined)
    expect(station.stdout).toContain(`Station "desk" of the fleet "Orchard": ${url}\n`)
    for (const line of station.stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
    expect(station.stderr).not.toContain('code=')
    expect(JSON.parse(readFileSync(join(stateDir, 'station.json'), 'utf8'))).toEqual({ pid: station.child.pid, url })
    for (const name of ['station.json', 'local.token', 'identity.key', 'fleet-root.key', 'station.db']) {
      expect(statSync(join(stateDir, name)).mode & 0o777, name).toBe(0o600)
    }
  })

  it('prints data on stdout and remarks on stderr, as table, JSON and YAML', async () => {
    const table = await ask('get', 'nodes')
    expect(table).toMatchObject({ code: 0, stdout: expect.stringMatching(/^NAME {2}STATE/) })
    expect(table.stderr).toContain('wrale join-token create')
    const { stdout: json } = await ask('get', 'nodes', '-o', 'json')
    expect(JSON.parse(json)).toEqual({ items: [] })
    const { stdout: yaml } = await ask('get', 'nodes', '--output', 'yaml')
    expect(parse(yaml)).toEqual({ items: [] })
  })

  it('makes a join token that is alone on stdout', async () => {
    const { code, stdout, stderr } = await ask(
      'join-token',
      'create',
      '--ttl',
      '2h',
      '--max-uses',
      '5',
      '--name',
      'shed',
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/^wrale-join-[a-z2-7]+\n$/)
    expect(stderr).toContain('5 nodes')
    const { items } = JSON.parse((await ask('get', 'join-tokens', '-o', 'json')).stdout) as {
      items: Array<Record<string, unknown>>
    }
    expect(items).toMatchObject([{ name: 'shed', maxUses: 5, uses: 0 }])
    expect((await ask('get', 'join-tokens')).stdout).toMatch(/shed {2}good {4}0\/5/)
  })

  it('is looked over by doctor', async () => {
    const { code, stdout } = await ask('doctor', '-o', 'json')
    expect(code).toBe(0)
    const { items } = JSON.parse(stdout) as { items: Array<{ check: string; result: string }> }
    expect(Object.fromEntries(items.map(({ check, result }) => [check, result]))).toMatchObject({
      runtime: 'ok',
      'state folder': 'ok',
      station: 'ok',
      fleet: 'ok',
      'station link': 'warn',
    })
  })

  it('signs in the command line elsewhere with a link, once, and not without', async () => {
    const before = await wrale('get', 'nodes', '--server', url)
    expect(before).toMatchObject({ code: 77, stdout: '', stderr: expect.stringMatching(/^wrale: UNAUTHENTICATED: /) })
    const { stdout: link } = await ask('login', '--link')
    expect(await wrale('login', link.trim())).toMatchObject({ code: 0, stdout: '' })
    expect(statSync(join(environment['XDG_CONFIG_HOME'] ?? '', 'wrale', 'sessions.json')).mode & 0o777).toBe(0o600)
    expect(JSON.parse((await wrale('get', 'nodes', '--server', url, '-o', 'json')).stdout)).toEqual({ items: [] })
    expect(await wrale('login', link.trim())).toMatchObject({
      code: 77,
      stderr: expect.stringMatching(/^wrale: TOKEN_USED_UP: /),
    })
  })

  it('prints one table for top where nobody watches', async () => {
    expect(await ask('top')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^NAME/) })
  })

  it('shows top on a terminal until q is pressed', async () => {
    const words = [process.execPath, programs.wrale, 'top', '--state-dir', stateDir].join(' ')
    const terminal = new RunningProgram(
      spawn('script', ['-qec', words, '/dev/null'], { env: { ...process.env, TERM: 'xterm' } }),
    )
    await eventually('the fleet is shown', () => terminal.stdout.includes('Orchard: 0 nodes') || undefined)
    expect(terminal.stdout).toContain('\u001B[?1049h')
    terminal.child.stdin?.write('q')
    const { code, stdout } = await terminal.ended
    expect(code).toBe(0)
    expect(stdout.trimEnd().endsWith('\u001B[?1049l')).toBe(true)
  })

  it('ends in good order, takes its announcement back, and is the same station when it starts again', async () => {
    const first = await (await fetch(`${url}/api/v1/fleet`, { headers: tokenHeader() })).json()
    expect(await station.stop()).toMatchObject({ code: 0 })
    expect(existsSync(join(stateDir, 'station.json'))).toBe(false)
    expect(await ask('get', 'nodes')).toMatchObject({
      code: 69,
      stderr: expect.stringMatching(/^wrale: NOT_RUNNING: /),
    })
    station = begin()
    url = await announced()
    const second = await (await fetch(`${url}/api/v1/fleet`, { headers: tokenHeader() })).json()
    const identity = (fleet: unknown) => {
      const { id, name, station: own } = fleet as { id: string; name: string; station: { id: string; name: string } }
      return [id, name, own.id, own.name]
    }
    expect(identity(second)).toEqual(identity(first))
  })

  it('says that a station which was killed is not running', async () => {
    await station.stop('SIGKILL')
    expect(existsSync(join(stateDir, 'station.json'))).toBe(true)
    const { code, stderr } = await ask('get', 'nodes')
    expect([code, stderr]).toEqual([
      69,
      `wrale: NOT_RUNNING: no station is running on ${stateDir}: start one with "wrale station"\n`,
    ])
    station = begin()
    await eventually('the station runs again', async () => ((await ask('get', 'nodes')).code === 0 ? true : undefined))
    url = await announced()
  })
})

function tokenHeader(): { authorization: string } {
  return { authorization: `Bearer ${readFileSync(join(stateDir, 'local.token'), 'utf8').trim()}` }
}

/** What every error looks like: one line with its code on stderr, nothing on stdout, and the code's exit status. */
const failure = (code: string, exit: number) => ({
  stderr: expect.stringMatching(new RegExp(`^wrale: ${code}: [^\\n]+\\n$`)) as string,
  stdout: '',
  code: exit,
})

describe('wrong use and help', () => {
  it('ends with a status of its own', async () => {
    expect(await wrale('get', 'nodes', '--colour')).toMatchObject(failure('USAGE', 2))
  })

  it('completes commands and options in bash', async () => {
    const { stdout: script } = await wrale('completion', 'bash')
    const complete = (line: string, index: number): string =>
      spawnSync(
        'bash',
        ['-c', `${script}\nCOMP_WORDS=(${line})\nCOMP_CWORD=${index}\n_wrale\necho "\${COMPREPLY[*]}"`],
        {
          encoding: 'utf8',
        },
      ).stdout.trim()
    expect(complete('wrale get j', 2)).toBe('join-tokens')
    expect(complete('wrale get nodes --o', 3)).toBe('--output')
  })
})

describe('trouble', () => {
  const stationAt = (path: string, ...args: string[]): Promise<Outcome> =>
    wrale('station', '--state-dir', path, '--log-level', 'error', ...loopback, ...args)

  it('names a state folder that another station has', async () => {
    expect(await stationAt(stateDir)).toMatchObject(failure('STATE_DIR_IN_USE', 73))
  })

  it('names a port that another program has, and lets go of everything else', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const path = join(folder.path, 'port')
    expect(await stationAt(path, '--port', String(port))).toMatchObject(failure('PORT_IN_USE', 69))
    expect(existsSync(join(path, 'station.json'))).toBe(false)
    await new Promise((resolve) => other.close(resolve))
  })

  it('names an address that this machine does not have', async () => {
    expect(await stationAt(join(folder.path, 'address'), '--host', '192.0.2.1')).toMatchObject(
      failure('ADDRESS_UNAVAILABLE', 69),
    )
  })

  it('names a member address that is none', async () => {
    const outcome = await stationAt(join(folder.path, 'peer'), '--peer', 'nonsense')
    expect([outcome.code, outcome.stderr.split('\n').length]).toEqual([69, 2])
    expect(outcome.stderr).toMatch(/^wrale: ADDRESS_UNAVAILABLE: /)
  })

  it('names a state folder that cannot be written', async () => {
    const file = join(folder.path, 'a-file')
    writeFileSync(file, '')
    expect(await stationAt(file)).toMatchObject(failure('STATE_DIR_FORBIDDEN', 77))
    expect(await stationAt('/proc/wrale')).toMatchObject(failure('STATE_DIR_FORBIDDEN', 77))
  })

  it('names a fleet file that is damaged, and leaves it alone', async () => {
    const path = join(folder.path, 'damaged')
    const first = start('wrale', ['station', '--state-dir', path, ...loopback], environment)
    await eventually('the fleet is created', () => existsSync(join(path, 'station.json')) || undefined)
    await first.stop()
    writeFileSync(join(path, 'fleet.json'), '{')
    expect(await stationAt(path)).toMatchObject(failure('STATE_DAMAGED', 74))
    expect(readFileSync(join(path, 'fleet.json'), 'utf8')).toBe('{')
  })

  it('starts all the same when the store is damaged, and reports it', async () => {
    const path = join(folder.path, 'store')
    const first = start('wrale', ['station', '--state-dir', path, ...loopback], environment)
    await eventually('the store is there', () => existsSync(join(path, 'station.json')) || undefined)
    await first.stop()
    writeFileSync(join(path, 'station.db'), 'damaged'.repeat(1000))
    const second = start('wrale', ['station', '--state-dir', path, ...loopback], environment)
    await eventually('the station runs', () => existsSync(join(path, 'station.json')) || undefined)
    expect(second.stderr).toContain('set aside')
    expect(existsSync(join(path, 'station.db.damaged-1'))).toBe(true)
    expect((await second.stop()).code).toBe(0)
  })

  it('warns of a token that others can read', async () => {
    chmodSync(join(stateDir, 'local.token'), 0o644)
    const outcome = await ask('doctor')
    chmodSync(join(stateDir, 'local.token'), 0o600)
    expect(outcome.code).toBe(69)
    expect(outcome.stdout).toMatch(/^fail {2}state folder .*chmod 600/m)
  })
})
