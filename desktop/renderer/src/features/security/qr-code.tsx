import { useMemo } from 'react'
import { encode } from 'uqr'
import classes from './security.module.css'

/** Light modules around the code that readers need (ISO/IEC 18004). */
const quietZone = 4

/** A QR code, dark on light in every theme: many readers do not take it the other way round. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => drawn(text), [text])
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
      className={classes.qr}
    >
      <rect width={size} height={size} className={classes.qrLight} />
      <path d={path} className={classes.qrDark} />
    </svg>
  )
}

function drawn(text: string): { readonly size: number; readonly path: string } {
  const { data, size } = encode(text, { border: quietZone, ecc: 'M' })
  const runs = data.flatMap((row, y) =>
    row.flatMap((dark, x) => {
      if (!dark || row[x - 1] === true) return []
      const end = row.indexOf(false, x)
      return [`M${x} ${y}h${(end === -1 ? row.length : end) - x}v1H${x}z`]
    }),
  )
  return { size, path: runs.join('') }
}
