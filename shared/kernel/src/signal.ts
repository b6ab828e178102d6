export type Unsubscribe = () => void

/** One kind of event with typed listeners, called in order of subscription, synchronously. */
export interface Signal<T> {
  subscribe(listener: (value: T) => void): Unsubscribe
}

/**
 * The owner's side of a Signal. A listener that throws does not keep the others from being called: its error goes to
 * `onError`, which by default rethrows it from a microtask so that it is not lost.
 */
export class Emitter<T> implements Signal<T> {
  readonly #listeners = new Set<(value: T) => void>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void = rethrowLater) {
    this.#onError = onError
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    // A wrapper gives each subscription its own identity, so that subscribing one function twice unsubscribes apart.
    const own = (value: T): void => listener(value)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  get listenerCount(): number {
    return this.#listeners.size
  }
}

/** All of several signals as one. */
export function merged<T>(...signals: ReadonlyArray<Signal<T>>): Signal<T> {
  return {
    subscribe(listener) {
      const ends = signals.map((signal) => signal.subscribe(listener))
      return () => {
        for (const end of ends) end()
      }
    },
  }
}

/** A signal whose every value is made of another's. */
export function mapped<A, B>(signal: Signal<A>, make: (value: A) => B): Signal<B> {
  return { subscribe: (listener) => signal.subscribe((value) => listener(make(value))) }
}

function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
