import { FleetError } from '@wrale/kernel'
import { type HardwareView, hardwareViewSchema, type SafetyView, safetyViewSchema } from '@wrale/protocol/node'
import type { z } from 'zod'
import { askDaemon, type CommonOptions, print, printJson, stateDirectoryOf } from './common.ts'

/** `wrale-edge hardware`: lines, sensors, buses and devices of the running daemon's machine. */
export async function hardware(options: CommonOptions): Promise<void> {
  const view = understood(hardwareViewSchema, await askDaemon(stateDirectoryOf(options), 'hardware', null))
  if (options.json === true) printJson(view)
  else print(describeHardware(view))
}

/** `wrale-edge safety`: what the policies do now, and why. */
export async function safety(options: CommonOptions): Promise<void> {
  const view = understood(safetyViewSchema, await askDaemon(stateDirectoryOf(options), 'safety', null))
  if (options.json === true) printJson(view)
  else print(describeSafety(view))
}

/** @throws FleetError PROTOCOL_MISMATCH */
function understood<S extends z.ZodType>(schema: S, answer: unknown): z.output<S> {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const what = 'the daemon’s answer is not understood; is it of another version?'
  throw new FleetError('PROTOCOL_MISMATCH', what, {}, { cause: parsed.error })
}

type Rows = readonly (readonly [string, string])[]

export function describeHardware(view: HardwareView): string {
  const { fan, cpu, powerDown, watchdog, power } = view
  const raised = Object.entries(power.alarms).flatMap(([name, is]) => (is ? [name] : []))
  const rows: Rows = [
    ...view.lines.map(
      ({ name, pin, direction, level, absence, use }) =>
        [
          `line ${name}`,
          `${direction} at ${pin}, ${level ?? absence?.reason ?? 'closed'}${use === undefined ? '' : `, for ${use}`}`,
        ] as const,
    ),
    ...view.sensors.map(
      ({ name, chip, readings }) => [`sensor ${name}`, `${chip}: ${readingsText(readings)}`] as const,
    ),
    ...view.buses.map(({ name, condition, reason }) => [`bus ${name}`, reason ?? condition] as const),
    [
      'fan',
      fan === null ? 'none' : `${fan.name}, ${fan.askedDuty === null ? 'its own control' : percent(fan.askedDuty)}`,
    ],
    ['processor', cpu === null ? 'cannot be limited' : `${cpu.name}, limit ${percent(cpu.askedRatio)}`],
    ['power-down', powerDown === null ? 'none' : `${powerDown.name}, ${powerDown.allowed ? 'allowed' : 'forbidden'}`],
    ['watchdog', watchdog === null ? 'none' : `${watchdog.name}, ${watchdog.failure ?? watchdog.condition}`],
    ['alarms', raised.length === 0 ? 'none' : raised.join(', ')],
    ['clock', view.clock === null ? 'not known' : (view.clock.by ?? view.clock.source)],
  ]
  return table(rows)
}

function readingsText(readings: HardwareView['sensors'][number]['readings']): string {
  const texts = Object.entries(readings).map(([quantity, { unit, verdict }]) =>
    verdict.status === 'ok'
      ? `${quantity} ${Number(verdict.value.toFixed(3))} ${unit}`
      : `${quantity} ${verdict.status} (${verdict.reason})`,
  )
  return texts.join(', ') || 'not read yet'
}

export function describeSafety({ policies, demands, overrides, tamper, failing, decisions }: SafetyView): string {
  const wants = [
    `fan ${percent(demands.fanDuty)}`,
    `processor ${percent(demands.cpuRatio)}`,
    `writes ${demands.writes}`,
    ...(demands.keepFrom > 0 ? [`services from priority ${demands.keepFrom}`] : []),
    ...(demands.alarm ? ['alarm'] : []),
    ...(demands.locked ? ['locked'] : []),
    ...(demands.powerDown === undefined ? [] : [`shut down: ${demands.powerDown.reason}`]),
  ]
  const rows: Rows = [
    ...policies.map(({ name, state, why }) => [name, why === null ? state : `${state}: ${why.reason}`] as const),
    ['demands', wants.join(', ')],
    ...overrides.map(
      ({ what, who, why, endsInMs }) =>
        ['override', `${what.kind} by ${who} for ${Math.round(endsInMs / 1000)} s more: ${why}`] as const,
    ),
    ['signs', tamper.latched.length === 0 ? 'none' : tamper.latched.join(', ')],
    ...(failing.length === 0 ? [] : [['failing', failing.join(', ')] as const]),
    ...decisions.slice(0, 10).map(({ agoMs, reason }) => [`${Math.round(agoMs / 1000)} s ago`, reason] as const),
  ]
  return table(rows)
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}

function table(rows: Rows): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2
  return rows.map(([name, text]) => `${name.padEnd(width)}${text}`).join('\n')
}
