import { Emitter, type Signal } from '@wrale/kernel'
import { type LinkStore, selectLink } from '../stores/link-store.ts'

/** Tells when the station may be reachable again: this page's link to it is up, or the browser has a network. */
export function comebackOf(link: LinkStore, page: Pick<Window, 'addEventListener'>): Signal<void> {
  const comeback = new Emitter<void>()
  link.subscribe((now, before) => {
    if (selectLink(now).phase === 'live' && selectLink(before).phase !== 'live') comeback.emit()
  })
  page.addEventListener('online', () => comeback.emit())
  return comeback
}
