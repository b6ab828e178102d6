import { VirtualClock } from '@wrale/kernel/testing'
import { SimulatedBoard } from '../../hardware/simulated/board.ts'
import { FleetError } from '@wrale/kernel'
import { describe, expect, it } from 'vitest'
import type { StatusReport } from '../control/report.ts'
import { defaultName } from '../names.ts'
import { defaultStateDirectory } from '../paths.ts'
import { peerIdSchema } from '@wrale/protocol'
import { changeOf, describeView } from './sim.ts'
import { describeReport, formatReading } from './status.ts'

const id = peerIdSchema.parse(`12D3KooW${'a'.repeat(41)}XyZ`)

describe('where the state is kept by default', () => {
  it.each([
    [{}, true, '/var/lib/wrale-edge'],
    [{ XDG_STATE_HOME: '/home/pi/state' }, true, '/var/lib/wrale-edge'],
    [{ XDG_STATE_HOME: '/home/pi/state' }, false, '/home/pi/state/wrale-edge'],
    [{ XDG_STATE_HOME: 'not/absolute' }, false, expect.stringMatching(/\/\.local\/state\/wrale-edge$/) as string],
    [{}, false, expect.stringMatching(/\/\.local\/state\/wrale-edge$/) as string],
  ])('%j, root %s', (environment, isRoot, expected) => {
    expect(defaultStateDirectory(environment, isRoot)).toEqual(expected)
  })
})

describe('the name of a node that nobody named', () => {
  it('is the machine’s, without its domain, unless that is no name', () => {
    expect(defaultName(id, false, 'pi-07.local')).toBe('pi-07')
    expect(defaultName(id, false, '_bad_')).toBe('node-aaaxyz')
    expect(defaultName(id, true, 'pi-07')).toBe('sim-aaaxyz')
  })
})

describe('sim set', () => {
  it('takes numbers, and auto for the load', () => {
    expect(changeOf('ambientCelsius', '-5')).toEqual({ setting: 'ambientCelsius', value: -5 })
    expect(changeOf('loadRatio', 'auto')).toEqual({ setting: 'loadRatio', value: null })
  })

  it.each([
    ['gravity', '1'],
    ['ambientCelsius', 'hot'],
    ['ambientCelsius', ''],
    ['ambientCelsius', 'auto'],
    ['batteryRatio', '2'],
  ])('refuses %s %j', (name, value) => {
    expect(() => changeOf(name, value)).toThrow(FleetError)
  })
})

describe('sim', () => {
  const board = new SimulatedBoard({ clock: new VirtualClock() }, { seed: 1, ambientCelsius: 24 })

  it('shows the board in one line for each thing', () => {
    board.inject('case-open')
    const text = describeView(board.view())
    expect(text).toMatch(/^state +on$/m)
    expect(text).toMatch(/^faults +case-open$/m)
    expect(text).toMatch(/^air +24\.0 °C, 45 % humidity$/m)
    expect(text).toMatch(/^fan +\d+ rpm at \d+ % duty, by its own control$/m)
    expect(text).toMatch(/^lines +none open$/m)
  })

  it('says that it is off, and why', async () => {
    await board.devices().powerDown?.powerDown('The battery is empty')
    expect(describeView(board.view())).toMatch(/^state +off: The battery is empty$/m)
  })
})

describe('status for people', () => {
  const report: StatusReport = {
    id,
    name: 'pi-07',
    software: '0.1.0',
    pid: 42,
    startedAt: '2026-01-01T00:00:00.000Z',
    stateDirectory: '/var/lib/wrale-edge',
    configFile: null,
    configuration: { needsRestart: [] },
    simulated: false,
    faults: [],
    state: 'warn',
    reasons: [{ aspect: 'thermal', state: 'warn', code: 'temperature-high', message: 'The processor is at 71.0 °C' }],
    readings: { temperatureCelsius: 71, diskTotalBytes: 32e9, networkReceiveBytesPerSecond: 0 },
    recent: { seconds: 0, range: {} },
    membership: {
      standing: 'unclaimed',
      claimCode: 'K7QF-2MPA-XR3T',
      refused: { code: 'TOKEN_EXPIRED', message: 'too late' },
    },
    addresses: [],
    peers: [
      {
        id,
        name: 'laptop',
        role: 'station',
        software: '0.1.0',
        address: '/ip4/192.0.2.1/tcp/1',
        rttMs: 1.25,
        clockErrorMs: 3,
      },
    ],
    digest: null,
    fleetTime: { at: '2026-01-01T00:00:00.000Z', ownErrorMs: -90_000 },
    members: [
      { id, name: 'laptop', role: 'station', heardMsAgo: null },
      { id, name: 'pi-08', role: 'node', heardMsAgo: 12 },
    ],
    http: { host: '127.0.0.1', port: 9464, url: 'http://127.0.0.1:9464' },
  }

  it('says what is wrong, what is measured and who is there', () => {
    const text = describeReport(report)
    expect(text).toMatch(/^node +pi-07 \(12D3KooW/m)
    expect(text).toMatch(/^ +warn: The processor is at 71\.0 °C$/m)
    expect(text).toMatch(/^fleet +none, refused: TOKEN_EXPIRED: too late; claim code K7QF-2MPA-XR3T/m)
    expect(text).toMatch(/^peers +laptop \(station, 1\.3 ms\)$/m)
    expect(text).toMatch(/^members +2 others known, the status of 1 held$/m)
    expect(text).toMatch(/^disk total +29\.8 GiB$/m)
    expect(text).toMatch(/^network in +0 B\/s$/m)
    expect(text).toMatch(/^clock +90 s behind the fleet’s, which is 2026-01-01T00:00:00.000Z$/m)
    expect(text).not.toContain('faults')
  })

  it('formats every unit', () => {
    expect(formatReading('cpuBusyRatio', 0.256)).toBe('26 %')
    expect(formatReading('fanRpm', 2310)).toBe('2310 rpm')
    expect(formatReading('memoryUsedBytes', 1023)).toBe('1023 B')
    expect(formatReading('memoryUsedBytes', 1024)).toBe('1.0 KiB')
    expect(formatReading('load1', 0.5)).toBe('0.50')
  })
})
