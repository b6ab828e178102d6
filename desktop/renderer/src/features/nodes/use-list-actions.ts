import { useMemo, useRef } from 'react'
import { useLocation } from 'wouter'
import { useServices } from '../../app/hooks.ts'
import { type ListQuery, maxSelected, shortId } from '../../model/list-query.ts'
import { rangeBetween, stepFrom, toggled, united } from '../../model/selection.ts'
import type { UpdateQuery } from './use-list-query.ts'

export interface ListActions {
  /** Row under the keyboard: moved by `step` rows; the open side panel goes along. */
  readonly move: (step: number) => void
  readonly moveTo: (end: 'first' | 'last') => void
  /** As `move`, selecting from where the range began. */
  readonly extend: (step: number) => void
  readonly toggle: (id: string) => void
  readonly toggleCursor: () => void
  /** Selects everything from the last chosen row to this one. */
  readonly extendTo: (id: string) => void
  readonly peek: (id: string) => void
  readonly open: (id: string) => void
  readonly withCursor: (action: (id: string) => void) => void
}

/** What a person does with the rows, by key or pointer. The functions stay the same for the life of the screen. */
export function useListActions(query: ListQuery, update: UpdateQuery, roomForPanel: boolean): ListActions {
  const { list } = useServices()
  const [, navigate] = useLocation()
  const latest = useRef({ query, update, roomForPanel, navigate })
  latest.current = { query, update, roomForPanel, navigate }
  return useMemo(() => {
    const state = list.getState
    const select = (selected: readonly string[]): void =>
      latest.current.update({ selected: selected.slice(0, maxSelected) })
    const goTo = (id: string | undefined): void => {
      if (id === undefined) return
      state().setCursor(id)
      if (latest.current.query.open !== undefined) latest.current.update({ open: id })
    }
    const addRange = (to: string): void => {
      const range = rangeBetween(state().order, state().anchor, to).map(shortId)
      select(united(latest.current.query.selected, range))
    }
    const actions: ListActions = {
      move(step) {
        goTo(stepFrom(state().order, state().cursor, step))
        state().setAnchor(state().cursor)
      },
      moveTo(end) {
        goTo(end === 'first' ? state().order[0] : state().order.at(-1))
        state().setAnchor(state().cursor)
      },
      extend(step) {
        if (state().anchor === undefined) state().setAnchor(state().cursor)
        goTo(stepFrom(state().order, state().cursor, step))
        const { cursor } = state()
        if (cursor !== undefined) addRange(cursor)
      },
      toggle(id) {
        state().setAnchor(id)
        state().setCursor(id)
        select(toggled(latest.current.query.selected, shortId(id)))
      },
      toggleCursor: () => actions.withCursor(actions.toggle),
      extendTo(id) {
        addRange(id)
        state().setCursor(id)
      },
      peek(id) {
        state().setCursor(id)
        state().setAnchor(id)
        if (!latest.current.roomForPanel) return actions.open(id)
        const { open } = latest.current.query
        latest.current.update({ open: open === id ? undefined : id }, { push: open === undefined })
      },
      open: (id) => latest.current.navigate(`/nodes/${id}`),
      withCursor(action) {
        const { cursor, order } = state()
        if (cursor !== undefined && order.includes(cursor)) action(cursor)
      },
    }
    return actions
  }, [list])
}
