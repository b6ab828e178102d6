import type { Readings } from '@wrale/protocol'
import type { SimulatedFault } from '@wrale/protocol/config'
import type { BoardSample } from '../board.ts'
import { batteryJoules } from './battery.ts'
import { diskTotalBytes, diskUsedBytes, type MachineState, memoryTotalBytes } from './machine.ts'
import { throttleBeginCelsius } from './thermal.ts'

/** Below this the firmware of a Raspberry Pi raises its under-voltage alarm, V. */
const underVoltageVolts = 4.63

/** What the sensors of the machine show: rounded as real ones are, and the temperature with a little noise. */
export function readSensors(
  state: MachineState,
  faults: ReadonlySet<SimulatedFault>,
  uptimeSeconds: number,
): BoardSample {
  const readings: Readings = {
    temperatureCelsius: round(state.thermal.dieCelsius + state.sensorNoiseKelvin, 0.1),
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
    batteryRatio: round(state.batteryJoules / batteryJoules, 0.001),
    fanRpm: round(state.fanRpm, 10),
    fanDutyRatio: round(state.fanDuty, 0.01),
    uptimeSeconds: round(uptimeSeconds, 0.01),
  }
  return {
    readings,
    powerSource: state.onMains ? 'mains' : 'battery',
    alarms: {
      underVoltage: state.supplyVolts < underVoltageVolts,
      throttled: state.thermal.dieCelsius > throttleBeginCelsius,
    },
  }
}

/** To a multiple of `unit`, without the digits that binary fractions add. */
function round(value: number, unit: number): number {
  return Number((Math.round(value / unit) * unit).toFixed(3))
}
