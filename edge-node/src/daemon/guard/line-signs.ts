import { type Clock, Emitter, type Logger, type Signal, type Startable, type Unsubscribe } from '@wrale/kernel'
import type { SafetySample } from '../../features/safety/engine/sample.ts'
import type { EdgeWatch, Gpio } from '../../hardware/gpio/gpio.ts'

export type Signs = { readonly case?: string | undefined; readonly motion?: string | undefined }

/** Tells the safety policies, at once, what the inputs for case and motion show. A line that cannot be read says nothing. */
export class LineSigns implements Startable {
  readonly #deps: { readonly gpio: Gpio; readonly clock: Clock; readonly logger: Logger }
  readonly #lines: ReadonlyArray<readonly [sign: 'caseOpen' | 'motion', line: string]>
  readonly #sampled = new Emitter<SafetySample>()
  readonly #watches: EdgeWatch[] = []
  #unsubscribes: Unsubscribe[] = []

  constructor(deps: { readonly gpio: Gpio; readonly clock: Clock; readonly logger: Logger }, signs: Signs) {
    this.#deps = deps
    this.#lines = [
      ...(signs.case === undefined ? [] : [['caseOpen', signs.case] as const]),
      ...(signs.motion === undefined ? [] : [['motion', signs.motion] as const]),
    ]
  }

  get sampled(): Signal<SafetySample> {
    return this.#sampled
  }

  async start(): Promise<void> {
    if (this.#unsubscribes.length > 0) return
    const { gpio, logger } = this.#deps
    const names = new Set(this.#lines.map(([, line]) => line))
    this.#unsubscribes = [
      gpio.changes.subscribe(({ name }) => {
        if (names.has(name)) this.#tell()
      }),
    ]
    for (const [sign, line] of this.#lines) {
      try {
        const watch = gpio.watch(line)
        this.#watches.push(watch)
        this.#unsubscribes.push(
          watch.arrived.subscribe(() => {
            const edges = watch.take()
            // A case that was opened and shut again has been open.
            for (const { level } of edges) this.#sampled.emit({ tamper: { [sign]: level === 'on' } })
          }),
        )
      } catch (error) {
        logger.warn('a line cannot tell of tampering', { line, error })
      }
    }
    this.#tell()
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribes.splice(0)) unsubscribe()
    for (const watch of this.#watches.splice(0)) watch.close()
  }

  #tell(): void {
    for (const [sign, line] of this.#lines) this.#sampled.emit({ tamper: { [sign]: this.#isOn(line) } })
  }

  #isOn(line: string): boolean | undefined {
    try {
      return this.#deps.gpio.read(line).level === 'on'
    } catch {
      return undefined
    }
  }
}
