import { join } from 'node:path'
import type { MetricName } from '@wrale/protocol'
import type { PartName } from '../board.ts'
import { coolingFan, hwmonFan, pwmOf, tachometerOf } from './devices/fan-places.ts'
import { type Device, devices, type LinuxRoots, list, readText } from './sysfs.ts'

/** A file that holds one number, and what to multiply it by to get the metric's unit. */
export interface SensorFile {
  readonly metric: MetricName
  readonly path: string
  readonly scale: number
}

/** Where this machine's sensors are. Found once and again from time to time, because devices come and go. */
export interface SensorMap {
  readonly files: readonly SensorFile[]
  /** Folders in class/power_supply of what feeds the machine. */
  readonly batteries: readonly string[]
  readonly mains: readonly string[]
  /** Files that hold 1 while the 5 V rail is too low. */
  readonly underVoltageAlarms: readonly string[]
  /** Firmware's flags (hexadecimal; bit 0 under-voltage now, bit 2 throttled now), as `vcgencmd get_throttled` gives them. */
  readonly throttledFlags: string | undefined
  /** What was found for a part, in words. A part that is not here is absent. */
  readonly parts: ReadonlyMap<PartName, string>
}

const processorSensors = /^(cpu|soc|x86_pkg|coretemp|k10temp|zenpower|acpitz|bcm2835)/i
/** Current sensors on the I2C bus whose first channel is the supply of the board. */
const supplySensors = /^(ina219|ina220|ina226|ina228|ina230|ina231|ina238|ina260|ina2xx)$/

export async function findSensors(roots: LinuxRoots): Promise<SensorMap> {
  const hwmon = await devices(roots.sys, 'hwmon', 'name')
  const zones = await devices(roots.sys, 'thermal', 'type')
  const supplies = await devices(roots.sys, 'power_supply', 'type')
  const files: SensorFile[] = []
  const parts = new Map<PartName, string>()
  const add = (part: PartName, device: Device, file: string, metric: MetricName, scale: number): void => {
    files.push({ metric, path: join(device.path, file), scale })
    parts.set(part, `${device.name} ${file}`)
  }

  const zone = zones.filter((device) => device.files.has('temp'))
  const thermometer =
    zone.find(ofProcessor) ?? hwmon.find((device) => ofProcessor(device) && device.files.has('temp1_input')) ?? zone[0]
  if (thermometer !== undefined) {
    add(
      'temperature-sensor',
      thermometer,
      thermometer.files.has('temp') ? 'temp' : 'temp1_input',
      'temperatureCelsius',
      1e-3,
    )
  }
  // The fan that can be set is the one that is measured; else any that is there.
  const settable = hwmonFan(hwmon)
  const fan =
    hwmon.find(({ path }) => settable?.path.startsWith(`${path}/`) === true) ??
    hwmon.find((device) => pwmOf(device) !== undefined) ??
    hwmon.find((device) => tachometerOf(device, undefined) !== undefined)
  const pwm = fan === undefined ? undefined : pwmOf(fan)
  const steps = coolingFan(zones)
  if (fan !== undefined && pwm !== undefined) add('fan', fan, pwm, 'fanDutyRatio', 1 / 255)
  else if (steps !== undefined) {
    files.push({ metric: 'fanDutyRatio', path: steps.path, scale: 1 / steps.max })
    parts.set('fan', steps.name)
  }
  const turning = [fan, ...hwmon].find((device) => device !== undefined && tachometerOf(device, pwm) !== undefined)
  const tachometer = turning === undefined ? undefined : tachometerOf(turning, pwm)
  if (turning !== undefined && tachometer !== undefined) add('fan', turning, tachometer, 'fanRpm', 1)
  const meter = hwmon.find((device) => device.files.has('power1_input'))
  if (meter !== undefined) add('power-meter', meter, 'power1_input', 'powerWatts', 1e-6)
  const supply = hwmon.find((device) => supplySensors.test(device.name) && device.files.has('in1_input'))
  if (supply !== undefined) add('supply-meter', supply, 'in1_input', 'supplyVolts', 1e-3)

  const air = hwmon.find((device) => device.files.has('humidity1_input') && device.files.has('temp1_input'))
  if (air !== undefined) {
    add('air-sensor', air, 'temp1_input', 'ambientCelsius', 1e-3)
    // Thousandths of a percent (kernel: Documentation/hwmon/sysfs-interface).
    add('air-sensor', air, 'humidity1_input', 'humidityRatio', 1e-5)
  }

  const ownBatteries = await ofTheMachine(supplies.filter(({ name }) => name === 'Battery'))
  const battery = ownBatteries.find((device) => device.files.has('capacity'))
  if (battery !== undefined) add('battery', battery, 'capacity', 'batteryRatio', 1e-2)

  const flags = join(roots.sys, 'devices/platform/soc/soc:firmware/get_throttled')
  return {
    files,
    batteries: ownBatteries.map(({ path }) => path),
    mains: supplies.filter(({ name, files: has }) => name !== 'Battery' && has.has('online')).map(({ path }) => path),
    underVoltageAlarms: hwmon
      .filter(({ name, files: has }) => name === 'rpi_volt' && has.has('in0_lcrit_alarm'))
      .map(({ path }) => join(path, 'in0_lcrit_alarm')),
    throttledFlags: (await readText(flags)) === undefined ? undefined : flags,
    parts: new Map([...parts, ...(await findDevices(roots))]),
  }
}

function ofProcessor(device: Device): boolean {
  return processorSensors.test(device.name)
}

/** Without the batteries of mice and keyboards, which say that their scope is the device (power_supply ABI). */
async function ofTheMachine(batteries: readonly Device[]): Promise<readonly Device[]> {
  const scopes = await Promise.all(batteries.map(({ path }) => readText(join(path, 'scope'))))
  return batteries.filter((_, index) => scopes[index] !== 'Device')
}

/** Parts of which this driver only says that they are there. */
async function findDevices(roots: LinuxRoots): Promise<ReadonlyMap<PartName, string>> {
  const nodes = await list(roots.dev)
  const parts = new Map<PartName, string>()
  const kinds: readonly [PartName, RegExp][] = [
    ['watchdog', /^watchdog\d*$/],
    ['gpio', /^gpiochip\d+$/],
    ['i2c', /^i2c-\d+$/],
  ]
  for (const [part, pattern] of kinds) {
    const found = nodes.filter((name) => pattern.test(name))
    if (found.length > 0) parts.set(part, found.slice(0, 8).join(' '))
  }
  return parts
}
