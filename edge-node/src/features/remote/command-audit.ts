import { type Clock, Coalescer, type FleetError, type Logger } from '@wrale/kernel'
import type { EventBody } from '@wrale/protocol/records'
import type { NodeCommand } from '@wrale/protocol/wire'
import { type Caller, callerText } from './node-controls.ts'

/** Most events of one kind of command a minute; more are told as one. */
const perMinute = 10

export interface CommandAuditDeps {
  readonly write: (body: EventBody) => Promise<void>
  readonly clock: Clock
  readonly logger: Logger
}

/** Records what stations had this node do, and what it refused them. Many commands do not push everything else out of the log. */
export class CommandAudit {
  readonly #deps: CommandAuditDeps
  readonly #coalescer: Coalescer<EventBody>
  #commands = 0

  constructor(deps: CommandAuditDeps) {
    this.#deps = deps
    this.#coalescer = new Coalescer(
      deps.clock,
      ({ latest, count }) => this.#write(count === 1 ? latest : summaryOf(latest, count)),
      { perKeyMs: 0, perKind: perMinute, perKindMs: 60_000 },
    )
  }

  stop(): void {
    this.#coalescer.stop()
  }

  /** @param refusal why it was not done */
  record(command: NodeCommand, by: Caller, refusal?: FleetError): void {
    const { kind, text, data } = wordsOf(command)
    this.#commands += 1
    const outcome = refusal === undefined ? '' : `, which was refused: ${refusal.message}`
    this.#coalescer.note(kind, String(this.#commands), {
      name: `audit.${kind}`,
      severity: refusal === undefined ? 'info' : 'warning',
      message: `${callerText(by)} ${text}${outcome}`.slice(0, 400),
      data: { ...data, by: by.id, caller: by.caller, ...(refusal === undefined ? {} : { refused: refusal.code }) },
    })
  }

  #write(body: EventBody): void {
    const { write, logger } = this.#deps
    logger.info('a station had something done', { event: body.name, words: body.message })
    write(body).catch((error: unknown) => logger.error('a command could not be recorded', { error, event: body.name }))
  }
}

function summaryOf(latest: EventBody, count: number): EventBody {
  return {
    ...latest,
    message: `${count} more commands of this kind, the last: ${latest.message}`.slice(0, 400),
    data: { ...latest.data, count },
  }
}

interface Words {
  readonly kind: string
  /** After who it was. */
  readonly text: string
  readonly data: NonNullable<EventBody['data']>
}

function wordsOf(command: NodeCommand): Words {
  switch (command.do) {
    case 'set-line':
      return {
        kind: 'line-set',
        text: `set the line ${command.line} to ${command.level}`,
        data: { line: command.line, level: command.level },
      }
    case 'override': {
      const { what, why, forSeconds } = command.override
      return {
        kind: 'safety-override',
        text: `asked for ${JSON.stringify(what)} in place of the safety policies for ${forSeconds} s: ${why}`,
        data: { what: { ...what }, why, forSeconds },
      }
    }
    case 'end-override':
      return {
        kind: 'safety-override-ended',
        text: `ended the override "${command.kind}"`,
        data: { kind: command.kind },
      }
    case 'reset-tamper':
      return { kind: 'tamper-reset', text: `reset the tamper latch: ${command.why}`, data: { why: command.why } }
    case 'diag-start':
      return {
        kind: 'diagnostics-run',
        text: `ran a self-test${command.request.load ? ' under load' : ''}`,
        data: { load: command.request.load },
      }
    case 'diag-stop':
      return { kind: 'diagnostics-stopped', text: `broke the self-test ${command.run} off`, data: { run: command.run } }
    case 'simulate': {
      const { set = [], fault = [], clear } = command.change
      const parts = [
        ...set.map(({ setting, value }) => `${setting} = ${value ?? 'its own'}`),
        ...fault.map((name) => `fault ${name}`),
        ...(clear === undefined ? [] : [clear.length === 0 ? 'all faults mended' : `mended ${clear.join(', ')}`]),
      ]
      return { kind: 'simulated', text: `changed the simulation: ${parts.join(', ')}`, data: { changes: parts } }
    }
  }
}
