import { FleetError } from '@wrale/kernel'
import { simulatedFaultSchema, type SimulatedFault } from '@wrale/protocol/config'
import { z } from 'zod'
import {
  type SimulatedChange,
  simulatedChangeSchema,
  type SimulatedSetting,
  simulatedSettingNames,
} from '../../hardware/simulated/settings.ts'
import { askDaemon, type CommonOptions, print, printJson, stateDirectoryOf } from './common.ts'

const answerSchema = z.object({ faults: z.array(z.string()) })

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

function show(answer: unknown, options: CommonOptions): void {
  const { faults } = answerSchema.parse(answer)
  if (options.json === true) printJson({ faults })
  else print(faults.length === 0 ? 'no faults' : `faults: ${faults.join(', ')}`)
}
