import { FleetError } from '@wrale/kernel'
import { expect, test } from 'vitest'
import { createLinkStore } from '../stores/link-store.ts'
import { comebackOf } from './comeback.ts'

test('the station may be back when the link comes up, each time, or when the browser has a network', () => {
  const link = createLinkStore()
  const page = new EventTarget()
  let times = 0
  comebackOf(link, page).subscribe(() => (times += 1))
  const { set } = link.getState()
  set({ phase: 'live' })
  expect(times).toBe(1)
  set({ phase: 'live' })
  set({ phase: 'waiting', retryAtMs: undefined, attempt: 1, error: new FleetError('UNAVAILABLE', 'gone') })
  set({ phase: 'connecting' })
  expect(times).toBe(1)
  set({ phase: 'live' })
  expect(times).toBe(2)
  page.dispatchEvent(new Event('offline'))
  expect(times).toBe(2)
  page.dispatchEvent(new Event('online'))
  expect(times).toBe(3)
})
