import { styleText } from 'node:util'
import type { ChildExit } from './child.ts'
import { describeExit } from './child.ts'
import type { SeenNode } from './station-api.ts'

const STATE_STYLE = { ok: 'green', warn: 'yellow', fail: 'red', stale: 'yellow', lost: 'red', unknown: 'dim' } as const

/** What the demo tells the person who started it. Data on stdout, trouble on stderr. */
export class DemoConsole {
  readonly #startedAt = performance.now()

  /** Starts with the name, on a line of its own. */
  title(text: string): void {
    this.#print(`\n${paint('bold', text)}\n`)
  }

  /** A name and a value, aligned with the other facts. */
  fact(name: string, value: string): void {
    this.#print(`  ${paint('dim', name.padEnd(9))} ${value}`)
  }

  /** Something that happened, with the seconds since the start. */
  event(text: string): void {
    this.#print(`  ${paint('dim', this.#elapsed())}  ${text}`)
  }

  node({ name, state, reasons }: SeenNode, isNew: boolean): void {
    const [reason] = reasons
    const why = reason === undefined ? '' : `: ${reason.message}`
    this.event(`${name} ${isNew ? 'is here, ' : 'is now '}${paint(STATE_STYLE[state], state)}${why}`)
  }

  /** A program ended that was to go on. */
  trouble(exit: ChildExit): void {
    process.stderr.write(`${describeExit(exit)}; its last words:\n`)
    for (const line of exit.lastLines) process.stderr.write(`    ${line}\n`)
  }

  #elapsed(): string {
    return `${((performance.now() - this.#startedAt) / 1000).toFixed(1)} s`.padStart(7)
  }

  #print(line: string): void {
    process.stdout.write(`${line}\n`)
  }
}

function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout })
}
