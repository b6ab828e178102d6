import { FleetError } from '@wrale/kernel'
import { simulatedFaultSchema, type SimulatedFault } from '@wrale/protocol/config'
import { z } from 'zod'
import {
  type SimulatedChange,
  simulatedChangeSchema,
  type SimulatedSetting,
  simulatedSettingNames,
  type SimulatedView,
  simulatedViewSchema,
} from '../../hardware/simulated/settings.ts'
import { askDaemon, type CommonOptions, print, printJson, stateDirectoryOf } from './common.ts'

const answerSchema = z.object({ faults: z.array(z.string()) })

/** `wrale-edge sim`: what the simulated board is like. @throws FleetError PROTOCOL_MISMATCH when the daemon is of another version */
export async function simShow(options: CommonOptions): Promise<void> {
  const answer = simulatedViewSchema.safeParse(await askDaemon(stateDirectoryOf(options), 'sim.view', null))
  if (!answer.success) {
    const what = 'the daemon’s answer is not understood; is it of another version?'
    throw new FleetError('PROTOCOL_MISMATCH', what, {}, { cause: answer.error })
  }
  if (options.json === true) printJson(answer.data)
  else print(describeView(answer.data))
}

/** `wrale-edge sim fault NAME`: something breaks on the simulated board. */
export async function simFault(name: string, options: CommonOptions): Promise<void> {
  show(await askDaemon(stateDirectoryOf(options), 'sim.fault', { fault: faultOf(name) }), options)
}

/** `wrale-edge sim clear [NAME]`: one fault, or all of them, are mended. */
export async function simClear(name: string | undefined, options: CommonOptions): Promise<void> {
  const which = name === undefined ? {} : { fault: faultOf(name) }
  show(await askDaemon(stateDirectoryOf(options), 'sim.clear', which), options)
}

/** `wrale-edge sim set NAME VALUE`. */
export async function simSet(name: string, text: string, options: CommonOptions): Promise<void> {
  show(await askDaemon(stateDirectoryOf(options), 'sim.set', changeOf(name, text)), options)
}

function faultOf(name: string): SimulatedFault {
  const parsed = simulatedFaultSchema.safeParse(name)
  if (parsed.success) return parsed.data
  throw new FleetError('USAGE', `no such fault: ${name}; there are ${simulatedFaultSchema.options.join(', ')}`)
}

/** @throws FleetError USAGE */
export function changeOf(name: string, text: string): SimulatedChange {
  if (!simulatedSettingNames.includes(name as SimulatedSetting)) {
    throw new FleetError('USAGE', `no such setting: ${name}; there are ${simulatedSettingNames.join(', ')}`)
  }
  const value = text === 'auto' ? null : text.trim() === '' ? NaN : Number(text)
  const parsed = simulatedChangeSchema.safeParse({ setting: name, value })
  if (parsed.success) return parsed.data
  throw new FleetError('USAGE', `${name} ${text}: ${parsed.error.issues[0]?.message ?? 'not valid'}`)
}

/** One line for each thing that can be looked at. */
export function describeView({ faults, settings, fan, cpu, supply, watchdog, lines, off }: SimulatedView): string {
  const rows: readonly (readonly [string, string])[] = [
    ['state', off === null ? 'on' : `off: ${off.reason}`],
    ['faults', faults.length === 0 ? 'none' : faults.join(', ')],
    ['air', `${settings.ambientCelsius.toFixed(1)} °C, ${percent(settings.humidityRatio)} humidity`],
    ['load', settings.loadRatio === null ? 'its own' : `${percent(settings.loadRatio)} as asked`],
    [
      'processor',
      `${cpu.celsius.toFixed(1)} °C, ${percent(cpu.busyRatio)} busy, ${percent(cpu.workRatio)} done, limit ${percent(cpu.limitRatio)}`,
    ],
    [
      'fan',
      `${Math.round(fan.rpm)} rpm at ${percent(fan.dutyRatio)} duty, ${fan.askedDuty === null ? 'by its own control' : 'as asked'}`,
    ],
    ['supply', `${supply.source}, ${supply.volts.toFixed(2)} V, ${supply.watts.toFixed(2)} W`],
    ['battery', percent(settings.batteryRatio)],
    ['watchdog', watchdog],
    [
      'lines',
      Object.entries(lines)
        .map(([name, voltage]) => `${name} ${voltage}`)
        .join(', ') || 'none open',
    ],
  ]
  return rows.map(([name, text]) => `${name.padEnd(10)} ${text}`).join('\n')
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}

function show(answer: unknown, options: CommonOptions): void {
  const { faults } = answerSchema.parse(answer)
  if (options.json === true) printJson({ faults })
  else print(faults.length === 0 ? 'no faults' : `faults: ${faults.join(', ')}`)
}
