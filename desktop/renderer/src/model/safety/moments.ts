/** A moment so long before another one, RFC 3339. Nodes tell ages, because their clocks may be wrong. */
export function before(at: string, ms: number): string {
  return new Date(Date.parse(at) - ms).toISOString()
}
