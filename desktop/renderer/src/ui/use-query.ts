import { useCallback, useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'

/**
 * A screen's state, kept in the address. Changes replace the address; what a person would want to come back from (`push`) adds
 * to the history.
 * @param parse and format are inverse to each other, and keep their identity
 */
export function useQuery<T extends object>(
  parse: (text: string) => T,
  format: (query: T) => string,
): readonly [T, (change: Partial<T>, options?: { readonly push?: boolean }) => void] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const query = useMemo(() => parse(search), [parse, search])
  const update = useCallback(
    (change: Partial<T>, { push = false }: { readonly push?: boolean } = {}) => {
      const text = format({ ...parse(window.location.search), ...change })
      navigate(text === '' ? path : `${path}?${text}`, { replace: !push })
    },
    [parse, format, path, navigate],
  )
  return [query, update]
}
