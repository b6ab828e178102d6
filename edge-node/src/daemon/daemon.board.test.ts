import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BoardDaemon } from './testing/board-daemon.ts'
import { GpioSim } from '../hardware/gpio/testing/gpio-sim.ts'
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
      })
  })

  it('drives the kernel’s fan by the heat', async () => {
    // The balanced curve: 30 % at 50 °C, 70 % at 65 °C.
    await expect.poll(async () => (await daemon.metrics())['node_hwmon_pwm_ratio'], poll).toBeCloseTo(0.332, 2)
    expect((await daemon.metrics())['node_hwmon_fan_rpm']).toBeCloseTo(8000 * 0.332, -2)
  })

  it('follows them', async () => {
    heat(63.8)
    supply(4.7)
    charge(41)
    await expect
      .poll(() => daemon.metrics(), poll)
      .toMatchObject({
        node_hwmon_temp_celsius: expect.closeTo(63.8, 6),
        node_hwmon_in_volts: expect.closeTo(4.7, 6),
        node_power_supply_capacity_ratio: expect.closeTo(0.41, 6),
      })
    await expect.poll(() => fan.duty, poll).toBe(Math.round(255 * (0.3 + (0.4 * 13.8) / 15)))
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

  it('makes the outputs safe that a daemon left on when it was killed', async () => {
    const sim = new GpioSim('outputs', { label: 'wrale-outputs', lines: 8 })
    const relay = { name: 'relay', chip: 'wrale-outputs', pin: 3, direction: 'out', safe: 'off' }
    try {
      const killed = new BoardDaemon('/run/wrale-outputs', { lines: [{ ...relay, initial: 'on' }] })
      await killed.logged('running')
      expect(sim.voltage(3)).toBe('high')
      await killed.end('SIGKILL')
      expect(sim.voltage(3)).toBe('high')
      const next = new BoardDaemon('/run/wrale-outputs', { lines: [relay] })
      await expect.poll(() => sim.voltage(3), { timeout: 30_000, interval: 10 }).toBe('low')
      await next.end()
      expect(sim.voltage(3)).toBe('low')
    } finally {
      sim.remove()
    }
  })

  it('ends in order when it is told to', async () => {
    expect(await daemon.end('SIGTERM')).toBe(0)
  })
})
