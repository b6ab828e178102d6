import { type Clock, FleetError, type Logger, type Startable, toFleetError } from '@wrale/kernel'
import type { Mesh } from '@wrale/mesh'
import type { MemberRole, PeerIdText } from '@wrale/protocol'
import type { EventBody } from '@wrale/protocol/records'
import {
  maxCommandLifeMs,
  maxNodeCommandBytes,
  maxNodeHistoryBytes,
  maxNodeQueryBytes,
  type NodeCommand,
  nodeCommandProtocol,
  type NodeCommandRequest,
  nodeCommandRequestSchema,
  nodeHistoryProtocol,
  nodeHistoryRequestSchema,
  type NodeQuery,
  nodeQueryProtocol,
  nodeQuerySchema,
} from '@wrale/protocol/wire'
import { CommandAudit } from './command-audit.ts'
import { DiagRuns } from './diag-runs.ts'
import { type Caller, callerText, type NodeControls } from './node-controls.ts'
import { Once } from './once.ts'

/** Longest that an answer may take, ms. */
const deadlineMs = 15_000

export interface RemoteDeps {
  /** Not started yet. */
  readonly mesh: Pick<Mesh, 'answer'>
  readonly controls: NodeControls
  /** Writes an event of this node. */
  readonly write: (body: EventBody) => Promise<void>
  /** Fleet time, ms since the Unix epoch; undefined while no clock is believed. */
  readonly fleetTimeMs: () => number | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** Who asks, as its checked certificate says. */
interface Asker {
  readonly id: PeerIdText
  readonly name: string
  readonly role: MemberRole
}

/**
 * Answers stations: how this node is, what it measured, and what it is to do. Nobody else is answered. A command is carried out once, in its
 * time, and recorded. Make it before the mesh starts.
 */
export class Remote implements Startable {
  readonly #deps: RemoteDeps
  readonly #audit: CommandAudit
  readonly #runs: DiagRuns
  readonly #once = new Once()

  constructor(deps: RemoteDeps) {
    const { mesh, controls, write, clock, logger } = deps
    this.#deps = deps
    this.#audit = new CommandAudit({ write, clock, logger })
    this.#runs = new DiagRuns(controls.diagnostics, logger)
    mesh.answer(nodeQueryProtocol, {
      request: nodeQuerySchema,
      handler: async (query, asker) => {
        stationOnly(asker)
        return this.#query(query)
      },
      deadlineMs,
      maxBytes: maxNodeQueryBytes,
    })
    mesh.answer(nodeHistoryProtocol, {
      request: nodeHistoryRequestSchema,
      handler: async (query, asker) => {
        stationOnly(asker)
        return controls.history(query)
      },
      deadlineMs: 2 * deadlineMs,
      maxBytes: maxNodeHistoryBytes,
      maxPerPeer: 2,
      maxAtOnce: 4,
    })
    mesh.answer(nodeCommandProtocol, {
      request: nodeCommandRequestSchema,
      handler: async (request, asker) => this.#command(request, asker),
      deadlineMs,
      maxBytes: maxNodeCommandBytes,
      maxAtOnce: 16,
    })
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#audit.stop()
    this.#runs.close()
  }

  async #query(query: NodeQuery): Promise<unknown> {
    const { controls } = this.#deps
    switch (query.ask) {
      case 'hardware':
        return controls.hardware()
      case 'safety':
        return controls.safety()
      case 'maintenance':
        return controls.maintenance()
      case 'diagnostics':
        return this.#runs.list()
      case 'diag-run':
        return this.#runs.get(query.run)
      case 'simulator':
        return this.#simulator().view()
    }
  }

  async #command(request: NodeCommandRequest, asker: Asker): Promise<unknown> {
    const { id, caller, command } = request
    const by: Caller = { id: asker.id, name: asker.name, role: asker.role, caller }
    if (asker.role !== 'station') {
      // Not written to the records: a member that may not command shall not fill the log by trying.
      this.#deps.logger.warn('a command of a member that is no station was refused', { peer: asker.id, do: command.do })
    }
    stationOnly(asker)
    return this.#once.carryOut(`${asker.id}/${id}`, command, async () => {
      try {
        this.#checkTime(request)
        const answer = await this.#carryOut(id, command, by)
        this.#audit.record(command, by)
        return answer
      } catch (thrown) {
        const error = toFleetError(thrown)
        this.#audit.record(command, by, error)
        throw error
      }
    })
  }

  async #carryOut(id: string, command: NodeCommand, by: Caller): Promise<unknown> {
    const { controls } = this.#deps
    switch (command.do) {
      case 'set-line':
        return { name: command.line, level: await controls.setLine(command.line, command.level, by) }
      case 'override':
        return controls.override(command.override, by)
      case 'end-override':
        controls.endOverride(command.kind, by)
        return controls.safety()
      case 'reset-tamper':
        controls.resetTamper(command.why, by)
        return controls.safety()
      case 'diag-start':
        return this.#runs.start(id, command.request, callerText(by))
      case 'diag-stop':
        return this.#runs.stop(command.run, callerText(by))
      case 'simulate': {
        const { set = [], fault = [], clear } = command.change
        const simulator = this.#simulator()
        for (const change of set) simulator.set(change)
        for (const name of fault) simulator.fault(name)
        if (clear?.length === 0) simulator.clear()
        else for (const name of clear ?? []) simulator.clear(name)
        return simulator.view()
      }
    }
  }

  /** Fleet time that nobody knows keeps no command out: its stream is from the station that sends it, now. */
  #checkTime({ expiresAtMs }: NodeCommandRequest): void {
    const nowMs = this.#deps.fleetTimeMs()
    if (nowMs === undefined) return
    if (nowMs > expiresAtMs) {
      const lateMs = Math.round(nowMs - expiresAtMs)
      throw new FleetError('TIMEOUT', `the command came ${lateMs} ms too late by this node’s clock; send it again`, {
        lateMs,
      })
    }
    if (expiresAtMs - nowMs > maxCommandLifeMs) {
      throw new FleetError('INPUT_INVALID', 'the command is good for too long; do the clocks of both agree?', {
        lifeMs: Math.round(expiresAtMs - nowMs),
      })
    }
  }

  #simulator(): NonNullable<NodeControls['simulator']> {
    const { simulator } = this.#deps.controls
    if (simulator === undefined) throw new FleetError('NOT_FOUND', 'this node is not simulated')
    return simulator
  }
}

/** @throws FleetError FORBIDDEN */
function stationOnly({ role }: Asker): void {
  if (role !== 'station') throw new FleetError('FORBIDDEN', 'only stations may ask this of a node')
}
