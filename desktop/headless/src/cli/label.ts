import { FleetError } from '@wrale/kernel'
import { labelKeySchema, labelValueSchema } from '@wrale/protocol/api'

export interface LabelWords {
  readonly names: readonly string[]
  /** null removes. */
  readonly labels: Readonly<Record<string, string | null>>
}

/**
 * `NODE... key=value key-`: what has an equal sign sets a label, what ends with a dash removes one, the rest names nodes.
 * @throws FleetError USAGE
 */
export function parseLabelWords(words: readonly string[]): LabelWords {
  const names: string[] = []
  const labels: Record<string, string | null> = {}
  for (const word of words) {
    const [, key, value] = /^([^=]*)=(.*)$/s.exec(word) ?? /^(.*)-$/s.exec(word) ?? []
    if (key === undefined) {
      names.push(word)
      continue
    }
    if (!labelKeySchema.safeParse(key).success || !labelValueSchema.safeParse(value ?? '').success) {
      throw new FleetError(
        'USAGE',
        `"${word}" is not a label: a key has lower case letters, digits and . / _ - (at most 48), a value at most 128 characters`,
      )
    }
    if (Object.hasOwn(labels, key)) throw new FleetError('USAGE', `the label "${key}" is named twice`)
    labels[key] = value ?? null
  }
  return { names, labels }
}
