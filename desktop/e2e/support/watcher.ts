import type { BrowserContext } from '@playwright/test'

/**
 * Listens to everything that the pages of a browser context complain of: console errors (violations of the content security policy are
 * among them), exceptions that nobody caught, and requests to anywhere but the station, for a page of an offline product fetches
 * nothing from elsewhere.
 */
export class Watcher {
  readonly #complaints: string[] = []
  readonly #allowed: RegExp[] = []
  readonly #origin: string

  /** @param origin the only place that may be asked for anything */
  constructor(origin: string) {
    this.#origin = origin
  }

  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() === 'error') this.#complain(`console: ${message.text()} (${message.location().url})`)
    })
    context.on('weberror', (error) => this.#complain(`uncaught: ${error.error().stack ?? error.error().message}`))
    context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      const inner = ['data:', 'blob:', 'about:'].includes(protocol)
      if (!inner && origin !== this.#origin) this.#complain(`request to elsewhere: ${request.url()}`)
    })
  }

  /** Complaints that this test provokes on purpose. */
  allow(...patterns: readonly RegExp[]): void {
    this.#allowed.push(...patterns)
  }

  get complaints(): readonly string[] {
    return this.#complaints.filter((text) => !this.#isAllowed(text))
  }

  /** Complaints that came and were allowed: for tests that want them. */
  get provoked(): readonly string[] {
    return this.#complaints.filter((text) => this.#isAllowed(text))
  }

  #isAllowed(text: string): boolean {
    return this.#allowed.some((pattern) => pattern.test(text))
  }

  #complain(text: string): void {
    this.#complaints.push(text)
  }
}
