import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useEffectEvent } from 'react'

interface VirtualRowsOptions {
  readonly scroll: RefObject<HTMLElement | null>
  readonly count: number
  /** Height of a row with its distance to the next, pixels. */
  readonly height: number
  /** Pixels above the first row. */
  readonly above: number
  /** Pixels at the top that a head covers. */
  readonly covered: number
  /** Rows beyond the edge that are kept, so that fast scrolling meets no holes. */
  readonly overscan: number
  /** Row and id of the node under the keyboard. */
  readonly cursor: { readonly row: number; readonly id: string } | undefined
}

interface VirtualRows {
  readonly items: readonly VirtualItem[]
  readonly totalHeight: number
}

/** The rows that are in view, of any number. The one under the keyboard is brought into view and takes the focus. */
export function useVirtualRows({
  scroll,
  count,
  height,
  above,
  covered,
  overscan,
  cursor,
}: VirtualRowsOptions): VirtualRows {
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan,
    paddingStart: above,
    scrollPaddingStart: covered,
  })
  useEffect(() => virtual.measure(), [virtual, height])

  const bring = useEffectEvent((id: string): number => {
    if (cursor !== undefined) virtual.scrollToIndex(cursor.row)
    return requestAnimationFrame(() => {
      if (mayTakeFocus(scroll.current))
        scroll.current?.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus({ preventScroll: true })
    })
  })
  const id = cursor?.id
  useEffect(() => {
    if (id === undefined) return undefined
    const frame = bring(id)
    return () => cancelAnimationFrame(frame)
  }, [id])
  return { items: virtual.getVirtualItems(), totalHeight: virtual.getTotalSize() }
}

/** Not while the person writes somewhere or works in another part of the screen. */
function mayTakeFocus(list: HTMLElement | null): boolean {
  const active = document.activeElement
  return active === null || active === document.body || active.id === 'main' || list?.contains(active) === true
}
