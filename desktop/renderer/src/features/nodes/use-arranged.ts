import { useEffect, useRef } from 'react'
import { useServices } from '../../app/hooks.ts'
import { arrange } from '../../model/filter.ts'
import type { ListQuery } from '../../model/list-query.ts'
import { selectNodes } from '../../stores/fleet-store.ts'

/** Live values sort anew at most this often, ms: rows that change places all the time cannot be read. */
const restMs = 1000

/** Keeps the list's order up to date: at once when the person asks for another one, calmly when the fleet changes. */
export function useArranged({ search, states, kinds, sort }: ListQuery): void {
  const { fleet, list } = useServices()
  const asked = useRef(true)
  useEffect(() => {
    asked.current = true
    let timer: number | undefined
    const run = (): void => {
      timer = undefined
      const nodes = selectNodes(fleet.getState())
      list
        .getState()
        .arranged(arrange(nodes.values(), { search, states, kinds, sort }), asked.current, (id) => nodes.has(id))
      // Until the fleet is there, nothing has been shown that could move.
      asked.current = nodes.size === 0
    }
    run()
    const unsubscribe = fleet.subscribe((now, before) => {
      if (selectNodes(now) === selectNodes(before)) return
      if (asked.current) run()
      else timer ??= window.setTimeout(run, restMs)
    })
    return () => {
      unsubscribe()
      window.clearTimeout(timer)
    }
  }, [fleet, list, search, states, kinds, sort])
}
