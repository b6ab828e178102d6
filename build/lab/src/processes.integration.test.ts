import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Lab, labCapability, LabHost } from './index.ts'
import { program, startServer } from './testing/programs.ts'

const kinds = labCapability().kind === 'netns' ? (['netns', 'loopback'] as const) : (['loopback'] as const)

describe.each(kinds)('processes on a machine of kind %s', (kind) => {
  let host: LabHost
  beforeAll(async () => void (host = await LabHost.create(kind === 'loopback' ? { kind } : {})))
  afterAll(async () => await host.close())

  test('run as the process that was asked for, on the kind of machine that was asked for', async () => {
    const { server, port } = await startServer(host)
    const answer = await host.http(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'words', headers: { a: 'b' } })
    expect(host.kind).toBe(kind)
    expect(host.reason === undefined).toBe(kind === 'netns')
    expect(answer.json()).toMatchObject({ pid: server.pid, method: 'POST', body: 'words' })
    expect((await host.http(`http://127.0.0.1:${port}/missing`)).status).toBe(404)
    const usage = server.usage()
    expect(usage.residentBytes).toBeGreaterThan(10_000_000)
    expect(usage.peakResidentBytes).toBeGreaterThanOrEqual(usage.residentBytes)
    expect(usage.cpuSeconds).toBeGreaterThan(0)
  })

  test('stop where they are when frozen, and go on when thawed', async () => {
    const { server, port } = await startServer(host)
    const url = `http://127.0.0.1:${port}/`
    expect((await host.http(url)).status).toBe(200)
    server.freeze()
    await expect(host.http(url, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'TIMEOUT' })
    server.thaw()
    expect((await host.http(url)).status).toBe(200)
  })

  test('tell how they ended, and nothing of them can be read after it', async () => {
    const { server } = await startServer(host)
    server.kill('SIGKILL')
    expect(await server.exit).toEqual({ code: null, signal: 'SIGKILL' })
    expect(server.ended).toEqual({ code: null, signal: 'SIGKILL' })
    expect(() => server.usage()).toThrow(expect.objectContaining({ code: 'NOT_RUNNING' }) as Error)
    server.kill()
    server.freeze()
    const failing = host.spawn({ command: 'sh', args: ['-c', 'exit 7'] })
    expect(await failing.exit).toEqual({ code: 7, signal: null })
  })

  test('do not hold up their end by a child that keeps their output open', async () => {
    const parent = host.spawn({ command: 'sh', args: ['-c', 'sleep 1000 & echo started'] })
    await parent.waitForLine('started')
    expect(await parent.exit).toEqual({ code: 0, signal: null })
  })

  test('fail with their last words when a line does not come', async () => {
    const mute = host.spawn({ command: 'sh', args: ['-c', 'echo out; echo err >&2; exec sleep 1000'] })
    await mute.waitForLine('err', { stream: 'stderr' })
    await expect(mute.waitForLine('never', { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/never[^]*stdout: out[^]*stderr: err|stderr: err[^]*stdout: out/) as string,
    })
    const brief = host.spawn({ command: 'echo', args: ['bye'] })
    await expect(brief.waitForLine('never')).rejects.toMatchObject({
      code: 'NOT_RUNNING',
      message: expect.stringContaining('stdout: bye') as string,
    })
  })

  test('are refused at once when there is no such program', () => {
    expect(() => host.spawn({ command: 'no-such-program' })).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }) as Error,
    )
  })

  test('get their environment and working directory, and an empty input unless one is asked for', async () => {
    const script = 'echo "$PLACE $(pwd) $HOME_IS_SET"; cat; echo end'
    const options = { cwd: '/usr', env: { PLACE: 'here', HOME: undefined } }
    expect(await host.exec('sh', ['-c', script], options)).toBe('here /usr \nend\n')
    const cat = host.spawn({ command: 'cat', stdin: 'pipe' })
    cat.stdin?.end('fed\n')
    await cat.waitForLine('fed')
    expect((await cat.exit).code).toBe(0)
  })

  test('run to their end give their output, or what they complained of', async () => {
    await expect(host.exec('sh', ['-c', 'echo oh no >&2; exit 3'])).rejects.toMatchObject({
      code: 'INTERNAL',
      meta: { exit: 3 },
      message: expect.stringContaining('oh no') as string,
    })
    await expect(host.exec('sleep', ['1000'], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' })
  })

  test('are reached from outside through a forwarded port', async () => {
    const { server, port } = await startServer(host)
    const forward = await host.forward(port)
    const answer: unknown = await (await fetch(`http://127.0.0.1:${forward.port}/`)).json()
    expect(answer).toMatchObject({ pid: server.pid })
    await forward.close()
    await expect(fetch(`http://127.0.0.1:${forward.port}/`)).rejects.toThrow('fetch failed')
  })

  test('with a clock of their own see it everywhere, in threads and children too', async () => {
    const reporter = host.spawn({ ...program('clock-report'), clock: { at: 0 } })
    const line = await reporter.waitForLine(/^\{/)
    const years = { now: 1970, constructed: 1970, called: 1970, derived: 1970, origin: 1970, given: 2001, isDate: true }
    expect(JSON.parse(line.text)).toEqual({ main: years, worker: years, child: 1970 })
  })

  test('have their clock moved while they run', async () => {
    const { server, port } = await startServer(host, { clock: { offsetMs: -3_600_000 } })
    const wall = async (): Promise<number> => {
      const answer = (await host.http(`http://127.0.0.1:${port}/`)).json() as { wallMs: number }
      return answer.wallMs - Date.now()
    }
    expect(Math.abs((await wall()) + 3_600_000)).toBeLessThan(5_000)
    await server.setClock({ offsetMs: 86_400_000 })
    expect(Math.abs((await wall()) - 86_400_000)).toBeLessThan(5_000)
    await server.setClock({ at: '1999-12-31T23:59:00Z' })
    expect(Math.abs((await wall()) + Date.now() - Date.UTC(1999, 11, 31, 23, 59))).toBeLessThan(5_000)
    const { server: ordinary } = await startServer(host)
    await expect(ordinary.setClock({ at: 0 })).rejects.toMatchObject({ code: 'LAB_UNSUPPORTED' })
  })
})

describe('a lab on loopback', () => {
  test('says so, and says what it cannot do', async () => {
    await using lab = await Lab.create({ nodes: 2, kind: 'loopback' })
    expect(lab).toMatchObject({ kind: 'loopback', reason: 'asked for' })
    expect(lab.nodes.map((node) => node.address)).toEqual(['127.0.0.1', '127.0.0.1'])
    const [first, second] = [lab.node(1), lab.node(2)]
    const impossible = [
      () => lab.linkDown(),
      () => lab.partition([first], [second]),
      () => lab.counters(),
      () => first.linkUp(),
      () => first.setLoss(0.1),
      () => first.counters(),
    ]
    for (const attempt of impossible) await expect(attempt()).rejects.toMatchObject({ code: 'LAB_UNSUPPORTED' })
  })

  test('refuses numbers of nodes that make no sense', async () => {
    for (const nodes of [-1, 1.5, 251])
      await expect(Lab.create({ nodes, kind: 'loopback' })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await using lab = await Lab.create({ nodes: 1, kind: 'loopback' })
    expect(() => lab.node(2)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error)
  })
})
