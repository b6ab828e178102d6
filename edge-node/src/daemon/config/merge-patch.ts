/**
 * JSON Merge Patch (RFC 7396): objects are merged key by key, null removes a key, and everything else, lists included, takes the place of what
 * was there. Neither argument is changed.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result = new Map(isObject(target) ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key)
    else result.set(key, mergePatch(result.get(key), value))
  }
  // Entries define properties and never assign them: a key called __proto__ is a key.
  return Object.fromEntries(result)
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
