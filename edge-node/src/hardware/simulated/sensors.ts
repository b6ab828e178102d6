import type { Readings } from '@wrale/protocol'
import type { SimulatedFault } from '@wrale/protocol/config'
import type { BoardSample } from '../board.ts'
import { diskTotalBytes, diskUsedBytes, type MachineState, memoryTotalBytes, underVoltageVolts } from './machine.ts'
import { throttleBeginCelsius } from './thermal.ts'

const dieNoiseKelvin = 0.15

/** What the die's own sensor shows, °C. */
export function shownDieCelsius({ thermal, noise }: MachineState): number {
  return round(thermal.dieCelsius + dieNoiseKelvin * noise.die, 0.1)
}

/** What the sensors of the machine show: rounded as real ones are, and the temperature with a little noise. */
export function readSensors(
  state: MachineState,
  faults: ReadonlySet<SimulatedFault>,
  uptimeSeconds: number,
): BoardSample {
  const readings: Readings = {
    temperatureCelsius: shownDieCelsius(state),
    cpuBusyRatio: round(state.busyRatio, 0.001),
    load1: round(state.load1, 0.01),
    memoryUsedBytes: round(state.memoryUsedBytes, 4096),
    memoryTotalBytes,
    diskUsedBytes: round(diskUsedBytes(state, faults), 4096),
    diskTotalBytes,
    networkReceiveBytesPerSecond: round(state.receiveBytesPerSecond, 1),
    networkTransmitBytesPerSecond: round(state.transmitBytesPerSecond, 1),
    powerWatts: round(state.boardWatts, 0.01),
    supplyVolts: round(state.supplyVolts, 0.001),
    batteryRatio: round(state.batteryJoules / state.batteryCapacityJoules, 0.001),
    fanRpm: round(state.fanRpm, 10),
    fanDutyRatio: round(state.fanDuty, 0.01),
    writtenBytes: round(state.ownWrittenBytes, 512),
    systemWrittenBytes: round(state.systemWrittenBytes, 512),
    uptimeSeconds: round(uptimeSeconds, 0.01),
  }
  const underVoltage = state.supplyVolts < underVoltageVolts
  const throttled = state.thermal.dieCelsius > throttleBeginCelsius
  return {
    readings,
    powerSource: state.onMains ? 'mains' : 'battery',
    alarms: {
      underVoltage,
      throttled,
      frequencyCapped: underVoltage || throttled,
      underVoltageSinceBoot: state.underVoltageSeen,
      throttledSinceBoot: state.throttledSeen,
      frequencyCappedSinceBoot: state.underVoltageSeen || state.throttledSeen,
      fanStalled: state.fanStalled,
    },
    storage: { readOnly: faults.has('sd-errors') },
    clock: { source: 'none', hasRtc: false },
  }
}

/** To a multiple of `unit`, without the digits that binary fractions add. */
function round(value: number, unit: number): number {
  return Number((Math.round(value / unit) * unit).toFixed(3))
}
