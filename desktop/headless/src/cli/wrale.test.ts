import { describe, expect, it } from 'vitest'
import { carryOut } from '../testing/carry-out.ts'

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
    [['get', 'nodes', '-l', 'env']],
    [['get', 'join-tokens', '-o', 'wide']],
    [['get', 'events', '--severity', 'loud']],
    [['get', 'events', '--limit', '0']],
    [['label', 'roof-1']],
    [['label', 'roof-1', 'Env=prod']],
    [['label', 'roof-1', 'env=a', 'env-']],
    [['label', 'roof-1', 'env=a', '--undo']],
    [['note', 'roof-1']],
    [['note', 'roof-1', 'text', '--remove']],
    [['place', 'roof-1']],
    [['place', 'roof-1', '--site', 'x', '--undo']],
    [['apply']],
    [['history', 'pod', 'x']],
    [['override', 'roof-1', 'fan', '50%']],
    [['override', 'roof-1', 'fan', '50%', '--for', '1m', '--why', 'x', '--end']],
    [['override', 'roof-1', 'fan', 'fast', '--for', '1m', '--why', 'x']],
    [['override', 'roof-1', 'door', 'open']],
    [['tamper', 'reset', 'roof-1']],
    [['line', 'roof-1', 'relay', 'half']],
    [['sim', 'roof-1', 'explode']],
    [['sim', 'roof-1', 'set', 'ambientCelsius']],
    [['sim', 'roof-1', 'fault']],
    [['thermal', 'roof-1']],
    [['thermal', 'roof-1', '--profile', 'arctic']],
    [['thermal', 'roof-1', '--curve', '45:1,70:0']],
    [['diag', 'report', 'roof-1']],
    [['conflict', 'settle', 'node/roof-1', 'note']],
    [['conflict', 'settle', 'node/roof-1', 'note', '--keep', '--value', 'x']],
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
    [['completion', 'bash'], `'sim'|'sim '*) words='set fault clear`],
    [['completion', 'zsh'], 'bashcompinit'],
    [['completion', 'fish'], 'complete -c wrale'],
  ])('%j is data and ends well', async (args, text) => {
    expect(await carryOut(...args)).toEqual({ code: 0, stdout: expect.stringContaining(text), stderr: '' })
  })
})
