/** Ranges that the charts offer, shortest first. */
export const ranges = [
  { id: '15m', label: '15 min', ms: 15 * 60_000 },
  { id: '1h', label: '1 h', ms: 3_600_000 },
  { id: '6h', label: '6 h', ms: 6 * 3_600_000 },
  { id: '24h', label: '24 h', ms: 24 * 3_600_000 },
] as const
export type RangeId = (typeof ranges)[number]['id']

/** Everything about a node's page that has a place in the URL. */
export interface NodeQuery {
  readonly range: RangeId
  /** A brushed stretch, ms since the Unix epoch; undefined follows live. */
  readonly zoom: { readonly fromMs: number; readonly toMs: number } | undefined
  /** Charts shown as tables. */
  readonly tables: readonly string[]
}

const defaultRange: RangeId = '15m'
/** A brush narrower than this is a click. */
export const minZoomMs = 5000

export function parseNodeQuery(text: string): NodeQuery {
  const parameters = new URLSearchParams(text)
  const fromMs = Date.parse(parameters.get('from') ?? '')
  const toMs = Date.parse(parameters.get('to') ?? '')
  return {
    range: ranges.find(({ id }) => id === parameters.get('range'))?.id ?? defaultRange,
    zoom: toMs - fromMs >= minZoomMs ? { fromMs, toMs } : undefined,
    tables: [...new Set((parameters.get('table') ?? '').split('.').filter((id) => /^[a-z]{1,20}$/.test(id)))],
  }
}

/** No leading `?`; empty when all is default. */
export function formatNodeQuery({ range, zoom, tables }: NodeQuery): string {
  const parameters = new URLSearchParams()
  if (range !== defaultRange) parameters.set('range', range)
  if (zoom !== undefined) {
    parameters.set('from', new Date(zoom.fromMs).toISOString())
    parameters.set('to', new Date(zoom.toMs).toISOString())
  }
  if (tables.length > 0) parameters.set('table', tables.join('.'))
  return parameters.toString()
}

export function rangeMs(id: RangeId): number {
  return ranges.find((range) => range.id === id)?.ms ?? ranges[0].ms
}
