import { type MetricName, metricCatalogue, type MetricUnit } from '@wrale/protocol'

/** Shown where a value is absent. */
export const absent = '-'

/** A reading for people: `71.4 °C`, `1.2 kB/s`. */
export function formatReading(metric: MetricName, value: number | undefined): string {
  return value === undefined ? absent : formatValue(metricCatalogue[metric].unit, value)
}

function formatValue(unit: MetricUnit, value: number): string {
  switch (unit) {
    case 'celsius':
      return `${value.toFixed(1)} °C`
    case 'ratio':
      return `${Math.round(value * 100)} %`
    case 'bytes':
      return formatBytes(value)
    case 'bytesPerSecond':
      return `${formatBytes(value)}/s`
    case 'watts':
      return `${value.toFixed(1)} W`
    case 'volts':
      return `${value.toFixed(2)} V`
    case 'rpm':
      return `${Math.round(value)} rpm`
    case 'seconds':
      return formatDuration(value * 1000)
    case 'count':
      return value.toFixed(2)
  }
}

/** Decimal prefixes (SI): 1 kB is 1000 bytes. */
export function formatBytes(bytes: number): string {
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P']
  const power = bytes < 1 ? 0 : Math.min(prefixes.length - 1, Math.floor(Math.log10(bytes) / 3))
  const scaled = bytes / 1000 ** power
  return `${scaled.toFixed(power === 0 || scaled >= 100 ? 0 : 1)} ${prefixes[power]}B`
}

/** A length of time in its two largest units: `4 min 10 s`, `3 d 2 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const
  const first = units.findIndex(([, length]) => seconds >= length)
  if (first === -1) return '0 s'
  const [name, length] = units[first] ?? units[3]
  const next = units[first + 1]
  const rest = next === undefined ? 0 : Math.floor((seconds % length) / next[1])
  const whole = `${Math.floor(seconds / length)} ${name}`
  return next === undefined || rest === 0 ? whole : `${whole} ${rest} ${next[0]}`
}

/** How long ago a time was. */
export function formatAge(timestamp: string | null, nowMs: number): string {
  return timestamp === null ? 'never' : `${formatDuration(nowMs - Date.parse(timestamp))} ago`
}
