import { FleetError } from '@wrale/kernel'

/** One line of a metrics page. */
export interface MetricSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metrics page in Prometheus's text form (exposition format 0.0.4), read. */
export class MetricsPage {
  readonly samples: readonly MetricSample[]

  constructor(samples: readonly MetricSample[]) {
    this.samples = samples
  }

  /** Samples of that name whose labels include those given. */
  find(name: string, labels: Readonly<Record<string, string>> = {}): readonly MetricSample[] {
    const wanted = Object.entries(labels)
    return this.samples.filter(
      (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
    )
  }

  /** The only sample of that name and labels; NOT_FOUND when there is none, CONFLICT when there are several. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const [first, ...others] = this.find(name, labels)
    if (first === undefined) throw new FleetError('NOT_FOUND', `The metrics page has no ${name}`, { ...labels })
    if (others.length > 0) throw new FleetError('CONFLICT', `The metrics page has several ${name}`, { ...labels })
    return first.value
  }

  /** Sum over all label sets; 0 when there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.find(name, labels).reduce((sum, { value }) => sum + value, 0)
  }
}

const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/s
const labelPattern = /\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*(,|$)/y
const escapes: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' }

/** @throws FleetError INPUT_INVALID with the line that is not one of a metrics page */
export function parseMetrics(text: string): MetricsPage {
  const lines = text.split('\n').map((line) => line.trim())
  return new MetricsPage(lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseSample))
}

function parseSample(line: string): MetricSample {
  const [, name, labels, value] = samplePattern.exec(line) ?? []
  const number = value === undefined ? undefined : parseValue(value)
  if (name === undefined || number === undefined) throw invalid(line)
  return { name, labels: parseLabels(labels ?? '', line), value: number }
}

function parseValue(text: string): number | undefined {
  const special = { '+Inf': Infinity, '-Inf': -Infinity, NaN }[text]
  if (special !== undefined) return special
  const number = Number(text)
  return Number.isNaN(number) ? undefined : number
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  let position = 0
  while (position < text.length) {
    labelPattern.lastIndex = position
    const [all, name, value] = labelPattern.exec(text) ?? []
    if (all === undefined || name === undefined || value === undefined) throw invalid(line)
    labels[name] = value.replaceAll(/\\[\\"n]/g, (escape) => escapes[escape] ?? escape)
    position += all.length
  }
  return labels
}

function invalid(line: string): FleetError {
  return new FleetError('INPUT_INVALID', `Not a line of a metrics page: ${line.slice(0, 200)}`)
}
