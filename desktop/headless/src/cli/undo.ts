import type { ObjectChange } from '@wrale/protocol/api'
import type { FieldValue } from '@wrale/protocol/records'

/**
 * What takes back the newest change of certain fields: the values that those had before it, null for one that had none as far as the
 * history reaches. Taking back twice brings back what was there.
 * @param history the newest first
 * @returns empty when none of the fields was ever set
 */
export function undoOf(
  history: readonly Pick<ObjectChange, 'set'>[],
  isWanted: (field: string) => boolean,
): ReadonlyMap<string, FieldValue> {
  const last = history.findIndex(({ set }) => Object.keys(set).some(isWanted))
  const fields = Object.keys(history[last]?.set ?? {}).filter(isWanted)
  return new Map(
    fields.map((field) => {
      const before = history.slice(last + 1).find(({ set }) => Object.hasOwn(set, field))
      return [field, before?.set[field] ?? null]
    }),
  )
}
