import { useCallback, useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'
import { formatListQuery, type ListQuery, parseListQuery } from '../../model/list-query.ts'

export type UpdateQuery = (change: Partial<ListQuery>, options?: { readonly push?: boolean }) => void

/** The list's state as the address bar has it now. */
export function currentListQuery(): ListQuery {
  return parseListQuery(window.location.search)
}

/**
 * The list's state, kept in the address. Typing and moving replace the address; what a person would want to come back from
 * (`push`) adds to the history.
 */
export function useListQuery(): readonly [ListQuery, UpdateQuery] {
  const search = useSearch()
  const [, navigate] = useLocation()
  const query = useMemo(() => parseListQuery(search), [search])
  const update = useCallback<UpdateQuery>(
    (change, { push = false } = {}) => {
      const text = formatListQuery({ ...currentListQuery(), ...change })
      navigate(text === '' ? '/nodes' : `/nodes?${text}`, { replace: !push })
    },
    [navigate],
  )
  return [query, update]
}
