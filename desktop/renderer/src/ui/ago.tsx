import { useAgo, useTimed, useTimeStyle } from '../app/hooks.ts'
import { absent, duration } from '../model/format.ts'
import { absoluteTime } from '../model/time.ts'

/** "4 min ago", ticking; the absolute time on hover. `at` is RFC 3339. */
export function Ago({ at }: { readonly at: string | null }) {
  return at === null ? <span>never</span> : <Ticking at={at} />
}

function Ticking({ at }: { readonly at: string }) {
  const atMs = Date.parse(at)
  const text = useAgo(atMs)
  return <When at={at} atMs={atMs} text={text} />
}

/** "4 min": how long something has lasted, ticking; the absolute start on hover. */
export function Lasting({ since }: { readonly since: string }) {
  const atMs = Date.parse(since)
  const text = useTimed((nowMs) => (Number.isFinite(atMs) ? duration(nowMs - atMs) : absent))
  return <When at={since} atMs={atMs} text={text} />
}

function When({ at, atMs, text }: { readonly at: string; readonly atMs: number; readonly text: string }) {
  const style = useTimeStyle()
  return (
    <time dateTime={at} title={absoluteTime(atMs, style)}>
      {text}
    </time>
  )
}

/** An absolute time in the operator's zone, or in UTC. */
export function At({ at }: { readonly at: string }) {
  const style = useTimeStyle()
  return <time dateTime={at}>{absoluteTime(Date.parse(at), style)}</time>
}
