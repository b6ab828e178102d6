import { describe, expect, it } from 'vitest'
import type { Terminal } from './print.ts'
import { wrale } from './wrale.ts'

/** Carries out a command line in this process and collects what it prints. */
async function carryOut(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { out: '', err: '' }
  const stream = (name: keyof typeof written) =>
    ({ write: (text: string) => (written[name] += text) }) as unknown as NodeJS.WriteStream
  const terminal: Terminal = { out: stream('out'), err: stream('err') }
  const code = await wrale(args, terminal)
  return { code, stdout: written.out, stderr: written.err }
}

describe('a command line that is wrong', () => {
  it.each([
    [['get', 'nodes', '--colour']],
    [['frobnicate']],
    [['get', 'pods']],
    [['get', 'nodes', '-o', 'xml']],
    [['get', 'nodes', 'extra']],
    [['describe', 'node']],
    [['station', '--port', '70000']],
    [['station', '--port', 'http']],
    [['station', '--log-level', 'loud']],
    [['join-token', 'create', '--ttl', 'soon']],
    [['join-token', 'create', '--max-uses', '0']],
    [['completion', 'powershell']],
    [['login']],
    [['login', 'not-a-link']],
    [['login', 'http://127.0.0.1:7420/sign-in']],
    [['get', 'nodes', '--server', 'nonsense']],
  ])('%j is told in one line with status 2', async (args) => {
    const { code, stdout, stderr } = await carryOut(...args)
    expect(stderr).toMatch(/^wrale: USAGE: [^\n]+\n$/)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('without a command is answered with what there is', async () => {
    const { code, stderr } = await carryOut()
    expect(code).toBe(2)
    expect(stderr).toMatch(/^Usage: wrale[^]+join-token[^]+wrale: USAGE: name a command; "wrale --help" lists them\n$/)
  })
})

describe('help', () => {
  it.each([
    [['--help'], 'Usage: wrale'],
    [['get', '--help'], 'join-tokens'],
    [['station', '--help'], '--create-fleet <name>'],
    [['--version'], 'wrale 0.'],
    [['version'], 'wrale 0.'],
    [['completion', 'bash'], 'complete -F _wrale wrale'],
    [['completion', 'zsh'], 'bashcompinit'],
    [['completion', 'fish'], 'complete -c wrale'],
  ])('%j is data and ends well', async (args, text) => {
    expect(await carryOut(...args)).toEqual({ code: 0, stdout: expect.stringContaining(text), stderr: '' })
  })
})
