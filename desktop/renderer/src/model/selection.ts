/** The neighbour of `current` in `order`, `step` rows away, kept inside the list; the first row when nothing is current. */
export function stepFrom(order: readonly string[], current: string | undefined, step: number): string | undefined {
  const index = current === undefined ? -1 : order.indexOf(current)
  if (index === -1) return step < 0 ? order.at(-1) : order[0]
  return order[Math.min(order.length - 1, Math.max(0, index + step))]
}

export function toggled(selected: readonly string[], id: string): string[] {
  return selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id]
}

/** Both ends and all between, in the order of the list; `to` alone when `from` is not in the list. */
export function rangeBetween(order: readonly string[], from: string | undefined, to: string): string[] {
  const end = order.indexOf(to)
  const start = from === undefined ? end : order.indexOf(from)
  if (end === -1 || start === -1) return [to]
  return order.slice(Math.min(start, end), Math.max(start, end) + 1)
}

/** `selected` with everything of `range`, without repeats. */
export function united(selected: readonly string[], range: readonly string[]): string[] {
  return [...new Set([...selected, ...range])]
}
