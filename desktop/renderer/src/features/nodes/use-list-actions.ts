import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { useServices } from '../../app/hooks.ts'
import { maxSelected, shortId } from '../../model/list-query.ts'
import { rangeBetween, stepFrom, toggled, united } from '../../model/selection.ts'
import { currentListQuery, type UpdateQuery } from './use-list-query.ts'

export interface ListActions {
  /** Row under the keyboard: moved by `step` rows; the open side panel goes along. */
  readonly move: (step: number) => void
  readonly moveTo: (end: 'first' | 'last') => void
  /** As `move`, selecting from where the range began. */
  readonly extend: (step: number) => void
  readonly toggle: (id: string) => void
  /** Selects everything from the last chosen row to this one. */
  readonly extendTo: (id: string) => void
  readonly peek: (id: string) => void
  readonly open: (id: string) => void
  /** Does it to the row under the keyboard, when there is one. */
  readonly withCursor: (action: (id: string) => void) => void
}

/** What a person does with the rows, by key or pointer. The functions change only with the room for the panel. */
export function useListActions(update: UpdateQuery, roomForPanel: boolean): ListActions {
  const { list } = useServices()
  const [, navigate] = useLocation()
  return useMemo(() => {
    const state = list.getState
    const select = (selected: readonly string[]): void => update({ selected: selected.slice(0, maxSelected) })
    const goTo = (id: string | undefined): void => {
      if (id === undefined) return
      state().setCursor(id)
      if (currentListQuery().open !== undefined) update({ open: id })
    }
    const addRange = (to: string): void => {
      const range = rangeBetween(state().order, state().anchor, to).map(shortId)
      select(united(currentListQuery().selected, range))
    }
    const open = (id: string): void => navigate(`/nodes/${id}`)
    return {
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
        select(toggled(currentListQuery().selected, shortId(id)))
      },
      extendTo(id) {
        addRange(id)
        state().setCursor(id)
      },
      peek(id) {
        state().setCursor(id)
        state().setAnchor(id)
        if (!roomForPanel) return open(id)
        const { open: opened } = currentListQuery()
        update({ open: opened === id ? undefined : id }, { push: opened === undefined })
      },
      open,
      withCursor(action) {
        const { cursor, order } = state()
        if (cursor !== undefined && order.includes(cursor)) action(cursor)
      },
    }
  }, [list, navigate, update, roomForPanel])
}
