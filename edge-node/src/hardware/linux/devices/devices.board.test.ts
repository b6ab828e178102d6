import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  describeCpuConformance,
  describeFanConformance,
  describePowerDownConformance,
  describeWatchdogConformance,
} from '../../testing/devices-conformance.ts'
import { realRoots } from '../sysfs.ts'
import { LinuxDevices } from './linux-devices.ts'

const find = (programFolders?: readonly string[]) => new LinuxDevices(realRoots, { programFolders }).find()

function there<T>(device: T | undefined): T {
  if (device === undefined) throw new Error('the virtual board has one, and it was not found')
  return device
}

const read = (path: string): string => readFileSync(path, 'utf8').trim()

const hwmon = '/sys/class/hwmon'
const duty =
  readdirSync(hwmon)
    .map((entry) => join(hwmon, entry))
    .find((path) => read(join(path, 'name')) === 'pwmfan') ?? ''

describeFanConformance(
  'the fan of the virtual board',
  () => ({ fan: there(find().fan), turns: () => Number(read(join(duty, 'pwm1'))) / 255, step: 1 / 255 }),
  false,
)

const speed = '/sys/devices/system/cpu/cpufreq/policy0'

describeCpuConformance(
  'the processor of the virtual board',
  () => {
    const cpu = there(find().cpu)
    const allows = (): number => Number(read(`${speed}/scaling_max_freq`)) / Number(read(`${speed}/cpuinfo_max_freq`))
    return { cpu, allows, dispose: () => cpu.release() }
  },
  false,
)

const watchdogState = (): string => read('/sys/class/watchdog/watchdog0/state')

describeWatchdogConformance(
  'the watchdog of the virtual board',
  () => {
    const watchdog = there(find().watchdog)
    return { watchdog, isArmed: () => watchdogState() === 'active', dispose: () => watchdog.close() }
  },
  false,
)

describe('the watchdog of the virtual board', () => {
  it('is another process’s until that lets it go', async () => {
    const hold = `const fs=require('fs');const f=fs.openSync('/dev/watchdog','w');process.stdin.once('end',()=>{fs.writeSync(f,'V')}).resume()`
    const other = spawn(process.execPath, ['-e', hold], { stdio: ['pipe', 'inherit', 'inherit'] })
    await expect.poll(watchdogState, { timeout: 10_000 }).toBe('active')
    const watchdog = there(find().watchdog)
    await expect(watchdog.open()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(watchdog.state.condition).toBe('closed')
    other.stdin?.end()
    await expect
      .poll(
        () =>
          watchdog.open().then(
            () => 'open',
            () => 'held',
          ),
        { timeout: 10_000 },
      )
      .toBe('open')
    await watchdog.close()
    expect(watchdogState()).toBe('inactive')
  })

  it('says how long it waits, and that it can be disarmed', () => {
    expect(there(find().watchdog).state).toMatchObject({ condition: 'closed', timeoutSeconds: 15, noWayOut: false })
  })
})

describePowerDownConformance('the virtual board', () => {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'))
  const program = join(folder, 'shutdown')
  const log = join(folder, 'reasons')
  // Shuts nothing down, or this would be the last test.
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$3" >>${log}\n`)
  chmodSync(program, 0o755)
  return {
    port: there(find([folder]).powerDown),
    reasons: () => (existsSync(log) ? read(log).split('\n') : []),
    dispose: () => rmSync(folder, { recursive: true }),
  }
})
