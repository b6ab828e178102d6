import { isDeepStrictEqual } from 'node:util'
import type { NodeConfig } from './schema.ts'
import { isObject } from './merge-patch.ts'

/** Settings that a running daemon can take over; every other one needs a restart. A setting stands for all below it. */
export const liveSettings: readonly string[] = [
  'safety',
  'telemetry.sampleIntervalMs',
  'telemetry.sensorIntervalMs',
  'telemetry.statusIntervalMs',
]

/** Paths of the settings that differ, their steps joined by dots, in order. Lists are compared whole. */
export function changedPaths(before: NodeConfig, after: NodeConfig): readonly string[] {
  const paths: string[] = []
  const compare = (a: unknown, b: unknown, path: string): void => {
    if (isDeepStrictEqual(a, b)) return
    if (!isObject(a) || !isObject(b)) {
      paths.push(path)
      return
    }
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      compare(a[key], b[key], path === '' ? key : `${path}.${key}`)
    }
  }
  compare(before, after, '')
  return paths.toSorted()
}

/** Those of the changed settings that hold only after a restart. */
export function restartPaths(changed: readonly string[], live: readonly string[] = liveSettings): readonly string[] {
  return changed.filter((path) => !live.some((setting) => path === setting || path.startsWith(`${setting}.`)))
}
