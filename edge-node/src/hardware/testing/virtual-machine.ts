/** Knobs of the virtual board (build/lab/board): what its sensors show, and what feeds it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const modules = '/sys/module'
const hwmon = '/sys/class/hwmon'

export function heat(celsius: number): void {
  writeFileSync(join(modules, 'wrale_climate/parameters/temperature'), String(Math.round(celsius * 1000)))
}

/** Whether mains is there; without it the battery discharges. */
export function feed(mains: boolean): void {
  const power = join(modules, 'test_power/parameters')
  for (const source of ['ac_online', 'usb_online']) writeFileSync(join(power, source), mains ? 'on' : 'off')
  writeFileSync(join(power, 'battery_status'), mains ? 'charging' : 'discharging')
}

/** Charge of the battery, percent. */
export function charge(percent: number): void {
  writeFileSync(join(modules, 'test_power/parameters/battery_capacity'), String(percent))
}

/** A file of a hardware monitor, by the monitor's name. */
export function monitor(name: string, file: string): { read(): string; write(text: string): void } {
  const folder = readdirSync(hwmon).find((entry) => readFileSync(join(hwmon, entry, 'name'), 'utf8').trim() === name)
  if (folder === undefined) throw new Error(`there is no hardware monitor ${name}`)
  const path = join(hwmon, folder, file)
  return { read: () => readFileSync(path, 'utf8').trim(), write: (text) => writeFileSync(path, text) }
}

/** Ratio of full speed that the processors may go at. */
export function allowedSpeed(): number {
  const policy = '/sys/devices/system/cpu/cpufreq/policy0'
  const [allowed, full] = ['scaling_max_freq', 'cpuinfo_max_freq'].map((file) =>
    Number(readFileSync(join(policy, file), 'utf8')),
  )
  return (allowed ?? 0) / (full ?? 1)
}

/** Duty of the fan, 0 to 255, and whether something holds it fast. */
export const fan = {
  get duty(): number {
    return Number(monitor('pwmfan', 'pwm1').read())
  },
  set duty(duty: number) {
    monitor('pwmfan', 'pwm1').write(String(duty))
  },
  set isStalled(isStalled: boolean) {
    writeFileSync(join(modules, 'wrale_climate/parameters/stalled'), isStalled ? 'Y' : 'N')
  },
}

const i2cDevices = '/sys/bus/i2c/devices'

/** A supply meter of the kernel, INA219 on the board's bus, that shows so many volts; undefined unplugs it. */
export function supply(volts: number | undefined): void {
  const bus = readdirSync(i2cDevices).find((entry) => /^i2c-\d+$/.test(entry) && nameOf(entry) === 'wrale i2c') ?? ''
  const command = (text: string): void => writeFileSync(join(modules, 'wrale_i2c/parameters/command'), text)
  const isThere = readdirSync(i2cDevices).includes(`${bus.slice(4)}-0045`)
  if (volts === undefined) {
    if (!isThere) return
    writeFileSync(join(i2cDevices, bus, 'delete_device'), '0x45')
    command('detach 0x45')
    return
  }
  if (!isThere) command('attach 0x45 16')
  // SBOS448, "Bus Voltage Register": 4 mV a step in bits 15 to 3.
  command(`poke 0x45 2 ${Math.round(volts / 0.004) << 3}`)
  if (!isThere) writeFileSync(join(i2cDevices, bus, 'new_device'), 'ina219 0x45')
}

function nameOf(device: string): string {
  return readFileSync(join(i2cDevices, device, 'name'), 'utf8').trim()
}
