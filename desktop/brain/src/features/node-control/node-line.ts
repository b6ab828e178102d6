import { type Clock, FleetError, type FleetErrorCode, toFleetError } from '@wrale/kernel'
import type { Mesh } from '@wrale/mesh'
import type { PeerIdText } from '@wrale/protocol'
import type { Node } from '@wrale/protocol/api'
import type { z } from 'zod'

/** Of the other side's own words, these say that the line failed and not what was asked, when there is no link any more. */
const lineCodes: readonly FleetErrorCode[] = ['UNAVAILABLE', 'NOT_FOUND', 'ABORTED']

export interface NodeLineDeps {
  readonly mesh: Pick<Mesh, 'ask' | 'peers'>
  readonly inventory: { node(id: PeerIdText): Node | undefined }
  readonly clock: Clock
}

export interface Question<S extends z.ZodType> {
  readonly protocol: string
  readonly body: unknown
  readonly answer: S
  readonly deadlineMs: number
  readonly maxBytes: number
}

/** Asks nodes. What goes wrong on the way is told in words that help whoever wanted to know: who saw the node last, and what to do. */
export class NodeLine {
  readonly #deps: NodeLineDeps

  constructor(deps: NodeLineDeps) {
    this.#deps = deps
  }

  /**
   * @throws FleetError NOT_FOUND when the fleet has no such node; UNAVAILABLE when it cannot be reached; TIMEOUT when it does not answer;
   * PROTOCOL_MISMATCH when its software is older; FRAME_INVALID when it is newer; otherwise what the node says
   */
  async ask<S extends z.ZodType>(id: PeerIdText, question: Question<S>): Promise<z.output<S>> {
    const { mesh, inventory, clock } = this.#deps
    const node = inventory.node(id)
    if (node === undefined) throw new FleetError('NOT_FOUND', `no node of this fleet has the id ${id}`)
    const { protocol, body, deadlineMs, ...rest } = question
    // Making a link takes time as well, and is part of the deadline.
    const giveUp = new AbortController()
    const late = new FleetError('TIMEOUT', `${node.name} did not answer within ${deadlineMs / 1000} s`)
    const cancel = clock.schedule(deadlineMs, () => giveUp.abort(late))
    try {
      return await mesh.ask(id, protocol, body, { ...rest, deadlineMs, signal: giveUp.signal })
    } catch (thrown) {
      throw this.#explained(toFleetError(thrown), node)
    } finally {
      cancel()
    }
  }

  #explained(error: FleetError, node: Node): FleetError {
    const { mesh, clock } = this.#deps
    const told = (code: FleetErrorCode, words: string): FleetError => new FleetError(code, words, {}, { cause: error })
    const isLinked = mesh.peers().some(({ id }) => id === node.id)
    if (!isLinked && (lineCodes.includes(error.code) || error.code === 'TIMEOUT')) {
      return told('UNAVAILABLE', unreachable(node, clock.wallMs()))
    }
    if (error.code === 'TIMEOUT') {
      return told('TIMEOUT', `${node.name} is linked but does not answer in time; it may be overloaded: try again`)
    }
    if (error.code === 'PROTOCOL_MISMATCH') {
      const which = node.software === undefined ? '' : ` (${node.software})`
      return told('PROTOCOL_MISMATCH', `the software of ${node.name}${which} cannot be asked this: update the node`)
    }
    if (error.code === 'FRAME_INVALID' || error.code === 'FRAME_TOO_LARGE') {
      return told(error.code, `${node.name} answered what this station does not understand: ${error.message}`)
    }
    return error
  }
}

function unreachable({ name, state, lastSeen, seenBy }: Node, nowMs: number): string {
  const by = seenBy[0]
  const ago = (at: string): string => `${Math.max(0, Math.round((nowMs - Date.parse(at)) / 1000))} s ago`
  const seen =
    by?.linked === true
      ? `${by.name} is linked to it, so the way from this station is what is missing`
      : by !== undefined
        ? `${by.name} saw it last, ${ago(by.at)}: look at its power and network`
        : lastSeen === null
          ? 'it was never heard of: is it turned on?'
          : `it was heard last ${ago(lastSeen)}: look at its power and network`
  return `${name} (${state}) cannot be reached from this station; ${seen}`
}
