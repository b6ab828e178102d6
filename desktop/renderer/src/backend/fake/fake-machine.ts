import type { Node as FleetNode, NodeHardware, NodeSimulator } from '@wrale/protocol/api'
import type { LineLevel } from '@wrale/protocol/node'

/** What a node of the fake fleet has. */
export function fakeHardware(node: FleetNode, lines: ReadonlyMap<string, LineLevel>): NodeHardware {
  const { readings, simulated } = node
  return {
    at: new Date().toISOString(),
    simulated,
    parts: [],
    lines: [
      {
        name: 'case-switch',
        pin: 17,
        position: 11,
        direction: 'in',
        state: 'present',
        level: 'off',
        use: 'case',
        bounces: 2,
      },
      {
        name: 'relay',
        pin: 23,
        position: 16,
        direction: 'out',
        state: 'present',
        level: lines.get('relay') ?? 'off',
        safe: 'off',
      },
      {
        name: 'pump',
        pin: 24,
        position: 18,
        direction: 'out',
        state: 'absent',
        level: null,
        safe: 'off',
        absence: { reason: 'busy', detail: 'Another program holds the line.' },
      },
    ],
    sensors: [
      {
        name: 'air',
        chip: 'bme280',
        bus: 'i2c-1',
        address: 0x76,
        readings: {
          temperatureCelsius: { unit: 'celsius', verdict: { status: 'ok', value: 21.4 } },
          humidityRatio: { unit: 'ratio', verdict: { status: 'ok', value: 0.46 } },
        },
        readAgoMs: 900,
      },
      {
        name: 'supply',
        chip: 'ina219',
        bus: 'i2c-1',
        address: 0x40,
        readings: { busVolts: { unit: 'volts', verdict: { status: 'bad', reason: 'stuck', value: 5.1 } } },
        readAgoMs: 900,
      },
    ],
    buses: [{ name: 'i2c-1', condition: 'ok' }],
    fan: { name: 'pwmfan pwm1', askedDuty: 0.4, dutyRatio: 0.4, rpm: readings.fanRpm ?? 1900 },
    cpu: { name: 'cpufreq policy0', askedRatio: 1 },
    powerDown: { name: 'systemctl', allowed: false },
    watchdog: null,
    power: {
      source: node.powerSource ?? 'mains',
      supplyVolts: 5.08,
      alarms: { underVoltage: false, throttledSinceBoot: true },
    },
    storage: { readOnly: false, ownBytesPerDay: 9_400_000 },
    clock: { source: 'none', hasRtc: false },
  }
}

export function fakeSimulator(node: FleetNode, faults: ReadonlySet<string>): NodeSimulator {
  return {
    at: new Date().toISOString(),
    faults: [...faults],
    possibleFaults: ['power-loss', 'fan-stall', 'case-open', 'motion', 'i2c-hang'],
    settings: { ambientCelsius: 22, humidityRatio: 0.45, loadRatio: null, batteryRatio: 0.9 },
    fan: { askedDuty: 0.4, dutyRatio: 0.4, rpm: 1900 },
    cpu: { limitRatio: 1, busyRatio: 0.2, celsius: node.readings.temperatureCelsius ?? 50 },
    supply: { source: 'mains', volts: 5.08, watts: 3.4 },
    off: null,
  }
}
