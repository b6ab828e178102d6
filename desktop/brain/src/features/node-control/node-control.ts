import { randomUUID } from 'node:crypto'
import { type Clock, FleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import {
  type NodeHardware,
  type NodeMaintenance,
  type NodeSafety,
  type NodeSimulator,
  type Session,
  setLineAnswerSchema,
} from '@wrale/protocol/api'
import {
  type DiagList,
  diagListSchema,
  type DiagRequest,
  type DiagRun,
  diagRunSchema,
  hardwareViewSchema,
  type LineLevel,
  maintenanceViewSchema,
  type OverrideRequest,
  type OverrideView,
  overrideViewSchema,
  safetyViewSchema,
  type SimulatorRequest,
  simulatorViewSchema,
  type WishKind,
} from '@wrale/protocol/node'
import {
  maxNodeCommandBytes,
  maxNodeQueryBytes,
  type NodeCommand,
  nodeCommandProtocol,
  type NodeCommandRequest,
  type NodeQuery,
  nodeQueryProtocol,
} from '@wrale/protocol/wire'
import type { z } from 'zod'
import type { NodeLine } from './node-line.ts'
import type { SharedAnswers } from './shared-answers.ts'

const queryMs = 8000
const commandMs = 12_000
/** How long a command is good after it was made, ms: long enough for a second try. */
const commandLifeMs = 60_000
/** A screen looks every second; so do the screens beside it. */
const liveHoldsMs = 700
const slowHoldsMs = 5000

export interface NodeControlDeps {
  readonly line: Pick<NodeLine, 'ask'>
  readonly answers: SharedAnswers
  /** Fleet time, ms since the Unix epoch. */
  readonly fleetTimeMs: () => number
  readonly clock: Clock
}

/** What operators see of a node's hardware and have it do. Each node checks and records for itself what it is told. */
export class NodeControl {
  readonly #deps: NodeControlDeps

  constructor(deps: NodeControlDeps) {
    this.#deps = deps
  }

  hardware(id: PeerIdText): Promise<NodeHardware> {
    return this.#view(id, { ask: 'hardware' }, hardwareViewSchema, liveHoldsMs)
  }

  safety(id: PeerIdText): Promise<NodeSafety> {
    return this.#view(id, { ask: 'safety' }, safetyViewSchema, liveHoldsMs)
  }

  maintenance(id: PeerIdText): Promise<NodeMaintenance> {
    return this.#view(id, { ask: 'maintenance' }, maintenanceViewSchema, slowHoldsMs)
  }

  /** @throws FleetError NOT_FOUND for a node that is not simulated */
  simulator(id: PeerIdText): Promise<NodeSimulator> {
    return this.#view(id, { ask: 'simulator' }, simulatorViewSchema, liveHoldsMs)
  }

  diagnostics(id: PeerIdText): Promise<DiagList> {
    return this.#query(id, { ask: 'diagnostics' }, diagListSchema)
  }

  diagRun(id: PeerIdText, run: string): Promise<DiagRun> {
    return this.#query(id, { ask: 'diag-run', run }, diagRunSchema)
  }

  startDiag(id: PeerIdText, request: DiagRequest, by: Session): Promise<DiagRun> {
    return this.#command(id, { do: 'diag-start', request }, diagRunSchema, by)
  }

  stopDiag(id: PeerIdText, run: string, by: Session): Promise<DiagRun> {
    return this.#command(id, { do: 'diag-stop', run }, diagRunSchema, by)
  }

  setLine(
    id: PeerIdText,
    { name, level }: { readonly name: string; readonly level: LineLevel },
    by: Session,
  ): Promise<z.infer<typeof setLineAnswerSchema>> {
    return this.#command(id, { do: 'set-line', line: name, level }, setLineAnswerSchema, by)
  }

  override(id: PeerIdText, override: OverrideRequest, by: Session): Promise<OverrideView> {
    return this.#command(id, { do: 'override', override }, overrideViewSchema, by)
  }

  async endOverride(id: PeerIdText, kind: WishKind, by: Session): Promise<NodeSafety> {
    return this.#dated(await this.#command(id, { do: 'end-override', kind }, safetyViewSchema, by))
  }

  async resetTamper(id: PeerIdText, why: string, by: Session): Promise<NodeSafety> {
    return this.#dated(await this.#command(id, { do: 'reset-tamper', why }, safetyViewSchema, by))
  }

  async simulate(id: PeerIdText, change: SimulatorRequest, by: Session): Promise<NodeSimulator> {
    return this.#dated(await this.#command(id, { do: 'simulate', change }, simulatorViewSchema, by))
  }

  #view<S extends z.ZodType<object>>(
    id: PeerIdText,
    query: NodeQuery,
    schema: S,
    holdsMs: number,
  ): Promise<z.output<S> & { at: string }> {
    const ask = async (): Promise<z.output<S> & { at: string }> => this.#dated(await this.#ask(id, query, schema))
    return this.#deps.answers.get(id, query.ask, ask, holdsMs)
  }

  #query<S extends z.ZodType>(id: PeerIdText, query: NodeQuery, schema: S): Promise<z.output<S>> {
    return this.#deps.answers.get(id, JSON.stringify(query), () => this.#ask(id, query, schema))
  }

  #ask<S extends z.ZodType>(id: PeerIdText, query: NodeQuery, answer: S): Promise<z.output<S>> {
    return this.#deps.line.ask(id, {
      protocol: nodeQueryProtocol,
      body: query,
      answer,
      deadlineMs: queryMs,
      maxBytes: maxNodeQueryBytes,
    })
  }

  /** Sent a second time when the line failed: the node carries a command out once, however often it hears of it. */
  async #command<S extends z.ZodType>(
    id: PeerIdText,
    command: NodeCommand,
    answer: S,
    by: Session,
  ): Promise<z.output<S>> {
    const { line, answers, fleetTimeMs } = this.#deps
    const body: NodeCommandRequest = {
      id: randomUUID(),
      expiresAtMs: Math.round(fleetTimeMs() + commandLifeMs),
      caller: by.kind,
      command,
    }
    const question = {
      protocol: nodeCommandProtocol,
      body,
      answer,
      deadlineMs: commandMs,
      maxBytes: maxNodeCommandBytes,
    }
    try {
      return await line.ask(id, question).catch((error: unknown) => {
        if (!(error instanceof FleetError) || !['UNAVAILABLE', 'TIMEOUT'].includes(error.code)) throw error
        return line.ask(id, question)
      })
    } finally {
      answers.forget(id)
    }
  }

  #dated<T extends object>(view: T): T & { at: string } {
    return { ...view, at: new Date(this.#deps.clock.wallMs()).toISOString() }
  }
}
