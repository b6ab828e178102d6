import { Component, type ComponentType, type ErrorInfo, type ReactNode } from 'react'
import { PartError } from './part-loader.ts'

export interface Caught {
  readonly error: unknown
  /** The components in which it was thrown, the innermost first; empty until React has told. */
  readonly components: string
}

export interface FailedProps {
  readonly caught: Caught
  /** Shows anew what failed. */
  readonly retry: () => void
}

interface BoundaryProps {
  /** A failure is forgotten when this changes. */
  readonly resetKey: string
  /** Stands where the children failed. */
  readonly Failed: ComponentType<FailedProps>
  readonly children: ReactNode
}

interface BoundaryState {
  readonly caught: Caught | undefined
  readonly resetKey: string
}

/** Keeps a failure of what it holds from what stands around it: without it, React takes the whole page away. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { caught: { error, components: '' } }
  }

  static getDerivedStateFromProps({ resetKey }: BoundaryProps, state: BoundaryState): Partial<BoundaryState> | null {
    return resetKey === state.resetKey ? null : { caught: undefined, resetKey }
  }

  override readonly state: BoundaryState = { caught: undefined, resetKey: this.props.resetKey }
  readonly #retry = (): void => this.setState({ caught: undefined })

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    this.setState(({ caught }) =>
      caught?.error === error ? { caught: { error, components: componentStack ?? '' } } : null,
    )
  }

  override render(): ReactNode {
    const { caught } = this.state
    const { Failed, children } = this.props
    return caught === undefined ? children : <Failed caught={caught} retry={this.#retry} />
  }
}

/**
 * For React's root: a fault is told as one that nobody caught, so that it is on the console. That a part did not come is no
 * fault, and the browser has told of it already.
 */
export function reportCaught(error: unknown): void {
  if (!(error instanceof PartError)) reportError(error)
}
