import { metricCatalogue, type MetricName, type MetricUnit } from '@wrale/protocol'

/** Narrow no-break space, between a number and the symbol of its unit. */
const thin = '\u202f'
/** No-break space, between a number and a word. */
const wide = '\u00a0'
/** Stands where there is no value: absent is never zero. */
export const absent = '–'

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** A number and its unit apart, for right-aligned columns whose header names the unit. */
export interface Quantity {
  readonly value: string
  readonly unit: string
}

const decimalPrefixes = ['', 'k', 'M', 'G', 'T', 'P'] as const

function scaled(value: number, unit: string): Quantity {
  let power = 0
  let rest = Math.abs(value)
  while (rest >= 999.5 && power < decimalPrefixes.length - 1) {
    rest /= 1000
    power += 1
  }
  const digits = power === 0 || rest >= 99.95 ? 0 : 1
  return { value: `${value < 0 ? '−' : ''}${rest.toFixed(digits)}`, unit: `${decimalPrefixes[power]}${unit}` }
}

function minus(text: string): string {
  return text.replace('-', '−')
}

/** Sensible precision for a person: 71.4 °C, 1.2 kB/s, 43 %. Prefixes are decimal (SI). */
export function quantity(unit: MetricUnit, value: number): Quantity {
  switch (unit) {
    case 'celsius':
      return { value: minus(value.toFixed(1)), unit: '°C' }
    case 'ratio':
      return { value: (value * 100).toFixed(0), unit: '%' }
    case 'bytes':
      return scaled(value, 'B')
    case 'bytesPerSecond':
      return scaled(value, 'B/s')
    case 'watts':
      return { value: minus(value.toFixed(value < 10 ? 2 : 1)), unit: 'W' }
    case 'volts':
      return { value: minus(value.toFixed(2)), unit: 'V' }
    case 'rpm':
      return { value: grouped.format(value), unit: 'rpm' }
    case 'seconds':
      return { value: duration(value * 1000), unit: '' }
    case 'count':
      return { value: minus(value.toFixed(2)), unit: '' }
  }
}

export function formatQuantity({ value, unit }: Quantity): string {
  return unit === '' ? value : `${value}${thin}${unit}`
}

/** A reading in words: "71.4 °C"; a dash when it is absent. */
export function formatMetric(name: MetricName, value: number | undefined): string {
  return value === undefined ? absent : formatQuantity(quantity(metricCatalogue[name].unit, value))
}

export function formatRatio(value: number | undefined): string {
  return value === undefined ? absent : formatQuantity(quantity('ratio', value))
}

export function formatMs(value: number | undefined): string {
  if (value === undefined) return absent
  if (value >= 1000) return `${(value / 1000).toFixed(1)}${thin}s`
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)}${thin}ms`
}

const spans = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** The two largest parts of a time span: "3 d 4 h", "4 min", "12 s". Seconds are dropped above a minute. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000) * 1000)
  const first = spans.findIndex(([, size]) => whole >= size)
  if (first === -1) return `0${wide}s`
  const [unit, size] = spans[first] ?? ['s', 1000]
  const head = `${Math.floor(whole / size)}${wide}${unit}`
  const next = spans[first + 1]
  if (next === undefined || next[0] === 's') return head
  const rest = Math.floor((whole % size) / next[1])
  return rest === 0 ? head : `${head} ${rest}${wide}${next[0]}`
}

/** The largest part alone: "3 d", "4 min", "12 s". For places with eight seconds of attention. */
export function roughly(ms: number): string {
  const whole = Math.max(0, ms)
  const [unit, size] = spans.find(([, span]) => whole >= span) ?? ['s', 1000]
  return `${Math.floor(whole / size)}${wide}${unit}`
}

/** "4 min ago"; within five seconds "just now". A time in the future (clocks differ) reads as now. */
export function ago(ms: number): string {
  return ms < 5000 ? 'just now' : `${roughly(ms)} ago`
}

/** "1 node", "2 nodes". */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${grouped.format(count)} ${count === 1 ? singular : plural}`
}
