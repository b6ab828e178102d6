import { type KeyboardEvent, memo } from 'react'
import { counted } from '../../model/format.ts'
import type { Place } from '../../model/mesh/layout.ts'
import { stateWords } from '../../model/state.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './graph.module.css'

interface GraphMemberProps {
  readonly place: Place
  readonly links: number
  readonly named: boolean
  /** Another member is in focus, and this one is not linked to it. */
  readonly dim: boolean
  readonly selected: boolean
  /** The one that Tab leads to. */
  readonly reachable: boolean
  /** Drawn small, in a crowd. */
  readonly small: boolean
  /** Its name stands along the radius. */
  readonly turned: boolean
  readonly select: (id: string | undefined) => void
  readonly point: (id: string | undefined) => void
  readonly reach: (id: string) => void
  readonly move: (event: KeyboardEvent) => void
}

/** Half the width of the disc, and the width of the mark in it, pixels. */
const sizes = { plain: { frame: 15, mark: 16 }, small: { frame: 8, mark: 10 } } as const

/** A member on the ring: a disc, or a square for a station, with the mark of its state. */
export const GraphMember = memo(function GraphMember(props: GraphMemberProps) {
  const { place, links, named, dim, selected, reachable, small, turned, select, point, reach, move } = props
  const { id, name, role, state, self } = place.member
  const { frame, mark } = sizes[small ? 'small' : 'plain']
  const isStation = role === 'station'
  return (
    <li style={{ transform: `translate(${place.x.toFixed(1)}px, ${place.y.toFixed(1)}px)` }} className={classes.place}>
      <button
        type="button"
        className={classes.member}
        data-small={small || undefined}
        tabIndex={reachable ? 0 : -1}
        aria-pressed={selected}
        aria-label={`${name}${self ? ' this station' : isStation ? ', station' : ''}, ${stateWords[state]}, ${counted(links, 'link')}`}
        data-testid="mesh-member"
        data-id={id}
        data-name={name}
        data-role={role}
        data-state={state}
        data-dim={dim || undefined}
        onClick={() => select(selected ? undefined : id)}
        onPointerEnter={({ pointerType }) => pointerType === 'mouse' && point(id)}
        onPointerLeave={() => point(undefined)}
        onKeyDown={move}
        onFocus={({ currentTarget }) => {
          reach(id)
          if (currentTarget.matches(':focus-visible')) point(id)
        }}
        onBlur={() => point(undefined)}
      >
        <svg viewBox="-22 -22 44 44" width="44" height="44" aria-hidden="true" className={classes.drawing}>
          {isStation ? (
            <rect
              x={-frame}
              y={-frame}
              width={2 * frame}
              height={2 * frame}
              rx={small ? 2 : 4}
              className={classes.frame}
              data-station
            />
          ) : (
            <circle r={frame} className={classes.frame} />
          )}
          <g transform={`translate(${-mark / 2} ${-mark / 2})`}>
            <StateMark state={state} size={mark} />
          </g>
          {named && (
            <Name
              place={place}
              distance={frame + 7}
              turned={turned}
              note={self && !turned ? 'this station' : undefined}
            />
          )}
        </svg>
      </button>
    </li>
  )
})

interface NameProps {
  readonly place: Place
  /** From the middle of the mark, pixels. */
  readonly distance: number
  readonly turned: boolean
  readonly note: string | undefined
}

/** Within this of straight up or down, a name stands centred above or below its mark. */
const upright = 0.3

function Name({ place: { member, angle }, distance, turned, note }: NameProps) {
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  const text = (
    <>
      {member.name}
      {note !== undefined && <tspan className={classes.note}> {note}</tspan>}
    </>
  )
  if (turned) {
    const degrees = (angle * 180) / Math.PI
    const isLeft = cos < 0
    return (
      <text
        className={classes.name}
        textAnchor={isLeft ? 'end' : 'start'}
        transform={`rotate(${(isLeft ? degrees + 180 : degrees).toFixed(1)})`}
        x={isLeft ? -distance : distance}
        dy="0.35em"
      >
        {text}
      </text>
    )
  }
  const isUpright = Math.abs(cos) < upright
  return (
    <text
      className={classes.name}
      textAnchor={isUpright ? 'middle' : cos > 0 ? 'start' : 'end'}
      x={isUpright ? 0 : Math.sign(cos) * distance}
      y={isUpright ? Math.sign(sin) * (distance + (sin > 0 ? 8 : 2)) : sin * distance * 0.5}
      dy={isUpright ? 0 : '0.35em'}
    >
      {text}
    </text>
  )
}
