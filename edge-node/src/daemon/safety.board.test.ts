import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Emitter, silentLogger, systemClock } from '@wrale/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SafetyEngine } from '../features/safety/engine/engine.ts'
import { sampleOf, type SafetySample } from '../features/safety/engine/sample.ts'
import { parseSafetySettings } from '../features/safety/settings.ts'
import { Telemetry } from '../features/telemetry/telemetry.ts'
import { LinuxBoard } from '../hardware/linux/board.ts'
import { LinuxDevices } from '../hardware/linux/devices/linux-devices.ts'
import { realRoots } from '../hardware/linux/sysfs.ts'
import { allowedSpeed, charge, fan, feed, heat } from '../hardware/testing/virtual-machine.ts'

const poll = { timeout: 30_000, interval: 50 }
const soon = { dwellMs: 300 }
/** The policies' own waits, shortened: they are tested where time is virtual. */
const settings = parseSafetySettings({
  thermal: {
    fan: { kickMs: 0, risePerSecond: 10, fallPerSecond: 1 },
    ladder: { fan: soon, throttle: soon, stopSome: soon, stopMost: soon },
  },
})

describe('the safety policies on the kernel of the virtual board', () => {
  let programs: string
  let stop: () => Promise<void>

  beforeEach(async () => {
    heat(40)
    feed(true)
    charge(90)
    programs = mkdtempSync(join(tmpdir(), 'programs-'))
    // Shuts nothing down, or this would be the last test.
    writeFileSync(join(programs, 'shutdown'), `#!/bin/sh\nprintf '%s\\n' "$*" >${programs}/asked\n`)
    chmodSync(join(programs, 'shutdown'), 0o755)
    const clock = systemClock
    const telemetry = new Telemetry(
      { board: new LinuxBoard({ clock }, { diskPath: tmpdir() }), clock, logger: silentLogger },
      { sampleIntervalMs: 200 },
    )
    const devices = new LinuxDevices(realRoots, { programFolders: [programs] }).find()
    const { powerDown } = devices
    const sampled = new Emitter<SafetySample>()
    telemetry.sampled.subscribe((observation) => sampled.emit(sampleOf(observation)))
    const engine = new SafetyEngine(
      {
        sampled,
        actuators: {
          ...(devices.fan && { fan: devices.fan }),
          ...(devices.cpu && { cpu: devices.cpu }),
          ...(powerDown && { power: { down: ({ reason }) => powerDown.powerDown(reason) } }),
        },
        trustedWallMs: () => undefined,
        clock,
        logger: silentLogger,
      },
      { settings, periodMs: 200 },
    )
    await engine.start()
    await telemetry.start()
    stop = async () => {
      await telemetry.stop()
      await engine.stop()
      await devices.cpu?.release()
    }
  })
  afterEach(async () => {
    await stop()
    rmSync(programs, { recursive: true })
  })

  it('cool a machine that heats up, slow it down, and let both go as it cools', async () => {
    await expect.poll(() => [fan.duty, allowedSpeed()], poll).toEqual([0, 1])
    heat(60)
    await expect.poll(() => fan.duty, poll).toBeGreaterThan(100)
    expect(fan.duty).toBeLessThan(255)
    heat(74)
    await expect.poll(() => fan.duty, poll).toBe(255)
    expect(allowedSpeed()).toBe(1)
    heat(78.5)
    await expect.poll(allowedSpeed, poll).toBeLessThanOrEqual(0.5)
    heat(68)
    await expect.poll(allowedSpeed, poll).toBe(1)
    expect(fan.duty).toBe(255)
    heat(35)
    await expect.poll(() => fan.duty, poll).toBe(0)
  })

  it('leave the fan turning when nobody looks after it any more', async () => {
    await expect.poll(() => fan.duty, poll).toBe(0)
    await stop()
    expect(fan.duty).toBe(Math.round(settings.thermal.fan.safeDuty * 255))
  })

  it('save power when mains goes, and shut the machine down in order before the battery is empty', async () => {
    await expect.poll(allowedSpeed, poll).toBe(1)
    feed(false)
    await expect.poll(allowedSpeed, poll).toBe(0.8)
    expect(existsSync(join(programs, 'asked'))).toBe(false)
    charge(8)
    await expect.poll(() => existsSync(join(programs, 'asked')), poll).toBe(true)
    expect(readFileSync(join(programs, 'asked'), 'utf8')).toMatch(/^-h now .*batter/i)
  })
})
