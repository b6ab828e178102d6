import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BoardDaemon } from './testing/board-daemon.ts'
import { charge, fan, feed, heat, supply } from '../hardware/testing/virtual-machine.ts'

const poll = { timeout: 30_000, interval: 200 }

describe('the daemon on the virtual board', () => {
  let daemon: BoardDaemon

  beforeAll(async () => {
    heat(51.2)
    supply(5.12)
    feed(true)
    charge(80)
    fan.duty = 51
    daemon = new BoardDaemon('/run/wrale-daemon', { telemetry: { sampleIntervalMs: 200 } })
    await daemon.logged('running')
  })
  afterAll(async () => {
    await daemon.end('SIGKILL')
    supply(undefined)
  })

  it('is live', async () => {
    await expect.poll(async () => (await daemon.get('/livez')).status, poll).toBe(200)
  })

  it('shows what the sensors of the kernel say, in base units', async () => {
    await expect
      .poll(() => daemon.metrics(), poll)
      .toMatchObject({
        node_hwmon_temp_celsius: expect.closeTo(51.2, 6),
        node_hwmon_in_volts: expect.closeTo(5.12, 6),
        node_power_supply_capacity_ratio: expect.closeTo(0.8, 6),
        node_hwmon_pwm_ratio: expect.closeTo(0.2, 6),
        node_hwmon_fan_rpm: expect.closeTo(1600, 6),
      })
  })

  it('follows them', async () => {
    heat(63.8)
    supply(4.7)
    charge(41)
    fan.duty = 255
    await expect
      .poll(() => daemon.metrics(), poll)
      .toMatchObject({
        node_hwmon_temp_celsius: expect.closeTo(63.8, 6),
        node_hwmon_in_volts: expect.closeTo(4.7, 6),
        node_power_supply_capacity_ratio: expect.closeTo(0.41, 6),
        node_hwmon_fan_rpm: expect.closeTo(8000, 6),
      })
  })

  it('is found in order by its doctor', async () => {
    const { code, output } = await daemon.command('doctor', '--json')
    const { ok, checks } = JSON.parse(output) as {
      ok: boolean
      checks: { name: string; status: string; detail: string }[]
    }
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([])
    expect([ok, code]).toEqual([true, 0])
    expect(checks.map(({ name }) => name)).toContain('daemon')
  })

  it('works on within the memory that a control group leaves it', async () => {
    const groups = '/sys/fs/cgroup'
    const group = join(groups, 'wrale')
    writeFileSync(join(groups, 'cgroup.subtree_control'), '+memory')
    mkdirSync(group)
    writeFileSync(join(group, 'memory.max'), String(128 * 2 ** 20))
    const limited = new BoardDaemon('/run/wrale-limited', { telemetry: { sampleIntervalMs: 200 } }, group)
    try {
      await expect.poll(async () => (await limited.get('/livez')).status, poll).toBe(200)
      heat(44)
      await expect.poll(async () => (await limited.metrics())['node_hwmon_temp_celsius'], poll).toBeCloseTo(44, 6)
      expect(readFileSync(join(group, 'memory.events'), 'utf8')).toMatch(/^oom_kill 0$/m)
      expect(Number(readFileSync(join(group, 'memory.current'), 'utf8'))).toBeGreaterThan(2 ** 24)
    } finally {
      await limited.end('SIGKILL')
      rmdirSync(group)
    }
  })

  it('ends in order when it is told to', async () => {
    expect(await daemon.end('SIGTERM')).toBe(0)
  })
})
