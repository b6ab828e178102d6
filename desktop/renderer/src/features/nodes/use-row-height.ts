import { useLayoutEffect, useState } from 'react'
import { useDensity, useThemeChoice } from '../../app/hooks.ts'

/** Height of one row, pixels, as the theme and the density say: the virtual list must know it before it draws. */
export function useRowHeight(): number {
  const density = useDensity()
  const theme = useThemeChoice()
  const [height, setHeight] = useState(() => measured())
  // The parent sets the theme's attributes in its own layout effect, after this one: read them in the next frame.
  useLayoutEffect(() => {
    const frame = requestAnimationFrame(() => setHeight(measured()))
    return () => cancelAnimationFrame(frame)
  }, [density, theme])
  return height
}

function measured(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')) || 44
}
