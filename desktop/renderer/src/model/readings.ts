import { defaultThresholds, type Readings } from '@wrale/protocol'
import type { Node as FleetNode } from '@wrale/protocol/api'

/** How a single value stands against the limits that health is judged by. */
export type Level = 'ok' | 'warn' | 'fail'

export function ratioOf(used: number | undefined, total: number | undefined): number | undefined {
  return used === undefined || total === undefined || total <= 0 ? undefined : used / total
}

export function memoryRatio(readings: Readings): number | undefined {
  return ratioOf(readings.memoryUsedBytes, readings.memoryTotalBytes)
}

export function diskRatio(readings: Readings): number | undefined {
  return ratioOf(readings.diskUsedBytes, readings.diskTotalBytes)
}

const rising = (value: number | undefined, limits: { readonly warn: number; readonly fail: number }): Level => {
  if (value === undefined || value < limits.warn) return 'ok'
  return value < limits.fail ? 'warn' : 'fail'
}

export const levels = {
  temperature: (readings: Readings): Level => rising(readings.temperatureCelsius, defaultThresholds.temperatureCelsius),
  memory: (readings: Readings): Level => rising(memoryRatio(readings), defaultThresholds.memoryUsedRatio),
  disk: (readings: Readings): Level => rising(diskRatio(readings), defaultThresholds.diskUsedRatio),
  /** A full charge matters only while the battery is what feeds the node. */
  battery: ({ readings, powerSource }: Pick<FleetNode, 'readings' | 'powerSource'>): Level => {
    const { batteryRatio } = readings
    if (batteryRatio === undefined || powerSource !== 'battery') return 'ok'
    if (batteryRatio <= defaultThresholds.batteryRatio.fail) return 'fail'
    return batteryRatio <= defaultThresholds.batteryRatio.warn ? 'warn' : 'ok'
  },
} as const

/** The member whose word about the node is the freshest: the one with a link now, else the last that had one. */
export function bestWitness(node: Pick<FleetNode, 'seenBy'>): FleetNode['seenBy'][number] | undefined {
  return node.seenBy.find(({ linked }) => linked) ?? node.seenBy[0]
}

/** Lowest round trip that a linked member measured, ms. */
export function roundTripMs(node: Pick<FleetNode, 'seenBy'>): number | undefined {
  const measured = node.seenBy.flatMap(({ linked, rttMs }) => (linked && rttMs !== undefined ? [rttMs] : []))
  return measured.length === 0 ? undefined : Math.min(...measured)
}
