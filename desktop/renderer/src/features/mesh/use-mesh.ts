import { useMemo } from 'react'
import { useBackend } from '../../app/hooks.ts'
import { type Mesh, meshOf } from '../../model/mesh/mesh.ts'
import { type Loaded, useLoaded } from '../../ui/use-loaded.ts'

/** Members tell their links every few seconds; asking more often would show nothing new. */
const everyMs = 3000

export function useMesh(): Omit<Loaded<Mesh>, 'reload'> {
  const { data, error } = useLoaded(useBackend().mesh, { everyMs })
  const mesh = useMemo(() => (data === undefined ? undefined : meshOf(data)), [data])
  return { data: mesh, error }
}
