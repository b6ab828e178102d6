import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStationFlags, stationArguments, type StationFlags } from '../station/flags.ts'
import { argumentsForStation } from './command-line.ts'

const packaged = (...args: string[]): string[] => argumentsForStation(['wrale-fleet', ...args], { packaged: true })
const unpacked = (...args: string[]): string[] => argumentsForStation(['electron', ...args], { packaged: false })

describe('the command line', () => {
  it('leaves the station its flags, without the switches of a desktop', () => {
    expect(packaged('--no-sandbox', '--state-dir', '/tmp/x', '--ozone-platform=wayland', '--no-mdns')).toEqual([
      '--state-dir',
      '/tmp/x',
      '--no-mdns',
    ])
    expect(unpacked('--inspect=0', '.', '--no-mdns')).toEqual(['--no-mdns'])
    expect(unpacked('--no-mdns')).toEqual(['--no-mdns'])
  })

  it.each([
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--inspect',
    '--disable-web-security',
    '--load-extension=/tmp/x',
    '--js-flags=--expose-gc',
    '--host-rules=MAP * evil',
    '--nonsense',
    'stray',
  ])('refuses %s in the packaged app', (argument) => {
    expect(() => parseStationFlags(packaged(argument))).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('says why the desktop app takes no address for HTTP', () => {
    expect(() => parseStationFlags(['--port', '7420'])).toThrow(/opens no HTTP port/)
    expect(() => parseStationFlags(['--state-dir='])).toThrow(/--state-dir needs a value/)
    expect(() => parseStationFlags(['--state-dir'])).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('reads back what it wrote for the station process', () => {
    const text = fc.string({ minLength: 1 })
    const flags = fc.record<StationFlags>(
      { stateDir: text, createFleet: text, listen: fc.array(text), peers: fc.array(text), mdns: fc.boolean() },
      { requiredKeys: ['listen', 'peers', 'mdns'] },
    )
    fc.assert(
      fc.property(flags, (given) => {
        expect(parseStationFlags(stationArguments(given))).toEqual(given)
      }),
    )
  })
})
