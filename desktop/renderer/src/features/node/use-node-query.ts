import { useCallback, useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'
import { formatNodeQuery, type NodeQuery, parseNodeQuery } from '../../model/node-query.ts'

export type UpdateNodeQuery = (change: Partial<NodeQuery>) => void

/** Range, zoom and tables of a node's page, kept in the address. */
export function useNodeQuery(): readonly [NodeQuery, UpdateNodeQuery] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const query = useMemo(() => parseNodeQuery(search), [search])
  const update = useCallback<UpdateNodeQuery>(
    (change) => {
      const text = formatNodeQuery({ ...parseNodeQuery(window.location.search), ...change })
      navigate(text === '' ? path : `${path}?${text}`, { replace: true })
    },
    [path, navigate],
  )
  return [query, update]
}
