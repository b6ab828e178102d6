/** Names longer than this are compared by their beginning only. */
const maxLength = 64

/**
 * The known name that a mistyped one was probably to be: the one of least optimal string alignment distance (insert, remove, replace, swap
 * neighbours), letter case aside, if no more than a third of its letters are wrong.
 */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of known) {
    const distance = distanceOf(typed.toLowerCase().slice(0, maxLength), name.toLowerCase().slice(0, maxLength))
    if (distance <= Math.max(1, name.length / 3) && distance < (best?.distance ?? Infinity)) best = { name, distance }
  }
  return best?.name
}

function distanceOf(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
