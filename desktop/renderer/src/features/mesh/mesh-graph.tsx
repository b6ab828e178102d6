import { useElementSize } from '@mantine/hooks'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { type Layout, layoutMesh, oneCircle } from '../../model/mesh/layout.ts'
import type { Mesh } from '../../model/mesh/mesh.ts'
import { GraphLegend } from './graph-legend.tsx'
import { GraphLinks } from './graph-links.tsx'
import { GraphMember } from './graph-member.tsx'
import classes from './graph.module.css'

interface MeshGraphProps {
  readonly mesh: Mesh
  readonly selected: string | undefined
  readonly select: (id: string | undefined) => void
}

/** Room for names around the ring, pixels. */
const room = {
  wide: { sides: 150, ends: 44 },
  narrow: { sides: 84, ends: 56 },
  turned: { sides: 110, ends: 96 },
} as const
const narrowWidth = 620
/** Up to this many members, every link has its round trip beside it. */
const labelledMembers = 9

/** The mesh as a ring. Members stand still; links come and go between them. */
export function MeshGraph({ mesh, selected, select }: MeshGraphProps) {
  const { ref, width, height } = useElementSize()
  const [pointed, setPointed] = useState<string>()
  const [reached, setReached] = useState<string>()
  const nodes = useRef<HTMLUListElement>(null)
  const isNarrow = width < narrowWidth
  const count = mesh.members.length
  const turned = count > turnedNames && count <= oneCircle
  const layout = useMemo(
    () => layoutMesh(mesh, { width, height, ...(turned ? room.turned : isNarrow ? room.narrow : room.wide) }),
    [mesh, width, height, turned, isNarrow],
  )
  const order = [...layout.places.keys()]
  const focus = pointed ?? selected
  const near = useMemo(() => neighbours(mesh, focus), [mesh, focus])
  const reachable = reached !== undefined && layout.places.has(reached) ? reached : order[0]
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const at = order.indexOf(reachable ?? '')
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? order.length - 1 : at + (step ?? 0)
    if (step === undefined && event.key !== 'Home' && event.key !== 'End') return
    event.preventDefault()
    const id = order[(next + order.length) % order.length]
    setReached(id)
    nodes.current?.querySelector<HTMLElement>(`[data-id="${id}"]`)?.focus()
  }
  return (
    <section className={classes.graph} aria-label="Mesh graph">
      <div ref={ref} className={classes.canvas}>
        {width > 0 && height > 0 && (
          <>
            <svg
              width={width}
              height={height}
              className={classes.drawing}
              data-focus={focus !== undefined || undefined}
              data-crowd={count > oneCircle || undefined}
              aria-hidden="true"
            >
              <GraphLinks mesh={mesh} layout={layout} focus={focus} labelled={!isNarrow && count <= labelledMembers} />
            </svg>
            <ul ref={nodes} className={classes.members} aria-label="Members">
              {[...layout.places.values()].map((place) => (
                <GraphMember
                  key={place.member.id}
                  place={place}
                  links={mesh.linksOf.get(place.member.id)?.length ?? 0}
                  named={isNamed(mesh, layout, place.member.id, near)}
                  dim={near !== undefined && !near.has(place.member.id)}
                  selected={selected === place.member.id}
                  reachable={reachable === place.member.id}
                  small={count > oneCircle}
                  turned={turned}
                  select={select}
                  point={setPointed}
                  reach={setReached}
                  move={onKeyDown}
                />
              ))}
            </ul>
          </>
        )}
      </div>
      <GraphLegend mesh={mesh} />
    </section>
  )
}

/** From this many members on, names stand along the radius: side by side they would run into each other. */
const turnedNames = 24

/** The member in focus and who is linked to it; undefined when none is in focus. */
function neighbours({ linksOf }: Mesh, id: string | undefined): ReadonlySet<string> | undefined {
  if (id === undefined) return undefined
  return new Set([id, ...(linksOf.get(id) ?? []).flatMap(({ a, b }) => [a.id, b.id])])
}

/** In a crowd only those have names that one looks for: stations, troubles, and who is in focus. */
function isNamed(mesh: Mesh, { places }: Layout, id: string, near: ReadonlySet<string> | undefined): boolean {
  if (mesh.members.length <= oneCircle || near?.has(id) === true) return true
  const member = places.get(id)?.member
  return near === undefined && member !== undefined && (member.role === 'station' || member.state === 'fail')
}
