import type { ComponentLogger, Logger as ComponentLog } from '@libp2p/interface'

const silent = (): void => undefined

const componentLog: ComponentLog = Object.assign(silent, {
  error: silent,
  trace: silent,
  enabled: false,
  newScope: (): ComponentLog => componentLog,
})

/**
 * libp2p's own debug output goes nowhere: it is unstructured, and formatting it costs even when nobody listens. What matters of
 * it reaches the fleet's log through the events that the mesh handles.
 */
export const quietLogger: ComponentLogger = { forComponent: () => componentLog }
