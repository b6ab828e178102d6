/** The last moment that RFC 3339 can name. */
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** A time that another member claims, in RFC 3339 form, whatever number it claims. */
export function timestamp(wallMs: number): string {
  return new Date(Math.min(Math.max(0, wallMs), lastMs)).toISOString()
}
