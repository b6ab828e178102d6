import { randomUUID } from 'node:crypto'
import { FleetError, type Startable } from '@wrale/kernel'
import { type ControlHandler, type ControlSocket, controlSocketPath, serveControl } from '@wrale/host'
import { describeIssues } from '@wrale/protocol'
import { simulatedFaultSchema } from '@wrale/protocol/config'
import type { DiagReport } from '@wrale/protocol/node'
import { z } from 'zod'
import type { NodeControls } from '../../features/remote/node-controls.ts'
import type { Standing } from '../../features/membership/standing.ts'
import type { SimulatedBoard } from '../../hardware/simulated/board.ts'
import { simulatedChangeSchema } from '../../hardware/simulated/settings.ts'
import type { NodeView } from '../node-view.ts'
import { makeStatusReport } from './report.ts'

/** What the running daemon can be asked on its control socket, and what each question takes. */
export const controlRequests = {
  status: z.null(),
  hardware: z.null(),
  safety: z.null(),
  'self-test': z.null(),
  join: z.strictObject({ token: z.string().max(1024) }),
  'sim.view': z.null(),
  'sim.fault': z.strictObject({ fault: simulatedFaultSchema }),
  'sim.clear': z.strictObject({ fault: simulatedFaultSchema.optional() }),
  'sim.set': simulatedChangeSchema,
} as const
export type ControlMethod = keyof typeof controlRequests

export interface ControlDeps {
  readonly view: NodeView
  readonly standing: Pick<Standing, 'join'>
  readonly controls: Pick<NodeControls, 'hardware' | 'safety' | 'diagnostics'>
  /** Undefined on a real board. */
  readonly simulated: SimulatedBoard | undefined
  /** Takes a sample at once, so that what was changed on the board is seen without waiting. */
  readonly sample: () => Promise<void>
}

/** Answers the CLI of this machine. */
export class ControlServer implements Startable {
  readonly #handlers: Readonly<Record<ControlMethod, ControlHandler>>
  readonly #path: string
  #socket: ControlSocket | undefined

  constructor(deps: ControlDeps, options: { readonly stateDirectory: string }) {
    this.#handlers = handlersOf(deps)
    this.#path = controlSocketPath(options.stateDirectory)
  }

  async start(): Promise<void> {
    this.#socket ??= await serveControl(this.#path, this.#handlers)
  }

  async stop(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    await socket?.close()
  }
}

function handlersOf({
  view,
  standing,
  controls,
  simulated,
  sample,
}: ControlDeps): Readonly<Record<ControlMethod, ControlHandler>> {
  const theBoard = (): SimulatedBoard => {
    if (simulated !== undefined) return simulated
    throw new FleetError('CONFLICT', 'this node reads a real machine; only a simulated one can be told what to be')
  }
  const change = async (what: (board: SimulatedBoard) => void): Promise<{ faults: readonly string[] }> => {
    what(theBoard())
    await sample()
    return { faults: theBoard().faults() }
  }
  return {
    status: handler('status', () => makeStatusReport(view)),
    hardware: handler('hardware', () => controls.hardware()),
    safety: handler('safety', () => controls.safety()),
    'self-test': handler('self-test', () => selfTest(controls.diagnostics)),
    join: handler('join', ({ token }) => standing.join(token)),
    'sim.view': handler('sim.view', () => theBoard().view()),
    'sim.fault': handler('sim.fault', ({ fault }) => change((board) => board.inject(fault))),
    'sim.clear': handler('sim.clear', ({ fault }) => change((board) => board.clear(fault))),
    'sim.set': handler('sim.set', (request) => change((board) => board.set(request))),
  }
}

/** All tests but those under load. Who asked may be gone by the end: the report is kept. @throws FleetError CONFLICT with the reason */
function selfTest(diagnostics: NodeControls['diagnostics']): Promise<DiagReport> {
  const hooks = { progress: () => undefined, signal: new AbortController().signal }
  return diagnostics.run({ id: randomUUID(), load: false }, 'doctor, at the machine', hooks)
}

/** @throws FleetError INPUT_INVALID for a question that does not fit its schema */
function handler<M extends ControlMethod>(
  method: M,
  answer: (request: z.output<(typeof controlRequests)[M]>) => unknown,
): ControlHandler {
  return (params) => {
    const parsed = controlRequests[method].safeParse(params)
    if (!parsed.success) throw new FleetError('INPUT_INVALID', `${method}: ${describeIssues(parsed.error)}`)
    return answer(parsed.data as z.output<(typeof controlRequests)[M]>)
  }
}
