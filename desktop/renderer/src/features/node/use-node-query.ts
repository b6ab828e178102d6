import { useCallback, useMemo, useRef } from 'react'
import { useLocation, useSearch } from 'wouter'
import { formatNodeQuery, type NodeQuery, parseNodeQuery } from '../../model/node-query.ts'

export type UpdateNodeQuery = (change: Partial<NodeQuery>) => void

/** Range, zoom and tables of a node's page, kept in the address. */
export function useNodeQuery(): readonly [NodeQuery, UpdateNodeQuery] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const query = useMemo(() => parseNodeQuery(search), [search])
  const latest = useRef({ query, path })
  latest.current = { query, path }
  const update = useCallback<UpdateNodeQuery>(
    (change) => {
      const next = { ...latest.current.query, ...change }
      const text = formatNodeQuery(next)
      navigate(text === '' ? latest.current.path : `${latest.current.path}?${text}`, { replace: true })
    },
    [navigate],
  )
  return [query, update]
}
