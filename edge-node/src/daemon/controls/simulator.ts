import { FleetError } from '@wrale/kernel'
import { type SimulatedFault, simulatedFaultSchema } from '@wrale/protocol/config'
import type { SimulatorControls } from '../../features/remote/node-controls.ts'
import type { SimulatedBoard } from '../../hardware/simulated/board.ts'
import { simulatedChangeSchema } from '../../hardware/simulated/settings.ts'

/** The simulated board as stations may change it. @param changed what was changed shall be seen at once */
export function makeSimulator(board: SimulatedBoard, changed: () => void): SimulatorControls {
  return {
    view() {
      const { faults, settings, fan, cpu, supply, off } = board.view()
      const { limitRatio, busyRatio, celsius } = cpu
      return {
        faults: [...faults],
        possibleFaults: [...simulatedFaultSchema.options],
        settings,
        fan,
        cpu: { limitRatio, busyRatio, celsius },
        supply,
        off: off === null ? null : { cause: off.cause, reason: off.reason.slice(0, 240) },
      }
    },
    set(change) {
      const parsed = simulatedChangeSchema.safeParse(change)
      if (!parsed.success) {
        const what = parsed.error.issues[0]?.message ?? 'not valid'
        throw new FleetError('INPUT_INVALID', `${change.setting} ${change.value ?? 'auto'}: ${what}`)
      }
      board.set(parsed.data)
      changed()
    },
    fault(name) {
      board.inject(faultOf(name))
      changed()
    },
    clear(name) {
      board.clear(name === undefined ? undefined : faultOf(name))
      changed()
    },
  }
}

function faultOf(name: string): SimulatedFault {
  const parsed = simulatedFaultSchema.safeParse(name)
  if (parsed.success) return parsed.data
  throw new FleetError('INPUT_INVALID', `no such fault: ${name}; there are ${simulatedFaultSchema.options.join(', ')}`)
}
