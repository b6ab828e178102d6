/** How absolute times are written: in the operator's zone, or in UTC. */
export interface TimeStyle {
  readonly utc: boolean
  /** IANA zone; the browser's own by default. Ignored when `utc`. */
  readonly zone?: string
}

type Form = 'full' | 'clock' | 'minute' | 'day'

const forms: Readonly<Record<Form, Intl.DateTimeFormatOptions>> = {
  full: {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  minute: { hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
}

/** Formatters are dear to make (about 50 µs) and cheap to use. At most one per form and zone is kept. */
const cache = new Map<string, Intl.DateTimeFormat>()

function formatter(form: Form, style: TimeStyle): Intl.DateTimeFormat {
  const zone = style.utc ? 'UTC' : style.zone
  const key = `${form} ${zone ?? ''}`
  let found = cache.get(key)
  if (found === undefined) {
    found = new Intl.DateTimeFormat('en-GB', {
      ...forms[form],
      hourCycle: 'h23',
      ...(zone === undefined ? {} : { timeZone: zone }),
    })
    cache.set(key, found)
  }
  return found
}

/** "23 Nov 2026, 15:34:39 UTC" */
export function absoluteTime(ms: number, style: TimeStyle): string {
  return formatter('full', style).format(ms)
}

/** "15:34:39" */
export function clockTime(ms: number, style: TimeStyle): string {
  return formatter('clock', style).format(ms)
}

/** "15:34", for axes; with the day when the range is long. */
export function axisTime(ms: number, style: TimeStyle, withDay: boolean): string {
  return formatter(withDay ? 'day' : 'minute', style).format(ms)
}
