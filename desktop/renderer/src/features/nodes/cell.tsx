import { IconBattery1, IconPlug } from '@tabler/icons-react'
import type { Node as FleetNode } from '@wrale/protocol/api'
import { Link } from 'wouter'
import type { ColumnId } from '../../model/columns.ts'
import { absent, formatMetric, formatRatio, quantity } from '../../model/format.ts'
import { placeText } from '../../model/labels.ts'
import { bestWitness, diskRatio, type Level, levels, memoryRatio, roundTripMs } from '../../model/readings.ts'
import { Ago } from '../../ui/ago.tsx'
import { StateWord } from '../../ui/state-word.tsx'
import { Labels } from './labels.tsx'
import classes from './nodes.module.css'

interface CellProps {
  readonly column: ColumnId
  readonly node: FleetNode
  /** The unit beside the number; in a table the head of the column names it. */
  readonly withUnit?: boolean
}

/** One fact of a node, the same in table and card. */
export function Cell({ column, node, withUnit = false }: CellProps) {
  const { readings } = node
  switch (column) {
    case 'state':
      return <StateWord node={node} />
    case 'name':
      return (
        <Link href={`/nodes/${node.id}`} className={classes.rowLink} tabIndex={-1}>
          {node.name}
        </Link>
      )
    case 'temperature':
      return (
        <Value level={levels.temperature(readings)}>
          {withUnit
            ? formatMetric('temperatureCelsius', readings.temperatureCelsius)
            : bare('celsius', readings.temperatureCelsius)}
        </Value>
      )
    case 'cpu':
      return (
        <Value level="ok">{withUnit ? formatRatio(readings.cpuBusyRatio) : bare('ratio', readings.cpuBusyRatio)}</Value>
      )
    case 'memory':
      return (
        <Value level={levels.memory(readings)}>
          {withUnit ? formatRatio(memoryRatio(readings)) : bare('ratio', memoryRatio(readings))}
        </Value>
      )
    case 'disk':
      return (
        <Value level={levels.disk(readings)}>
          {withUnit ? formatRatio(diskRatio(readings)) : bare('ratio', diskRatio(readings))}
        </Value>
      )
    case 'power':
      return <Power node={node} />
    case 'link':
      return <RoundTrip node={node} />
    case 'seen':
      return <Ago at={node.lastSeen} />
    case 'labels':
      return <Labels node={node} />
    case 'place':
      return <span title={placeText(node.place)}>{placeText(node.place)}</span>
    case 'why':
      return <Why node={node} />
  }
}

function bare(unit: 'celsius' | 'ratio', value: number | undefined): string {
  return value === undefined ? absent : quantity(unit, value).value
}

function Value({ level, children }: { readonly level: Level; readonly children: string }) {
  return (
    <span className={classes.value} data-level={level}>
      {children}
    </span>
  )
}

function Power({ node }: { readonly node: FleetNode }) {
  const { powerSource, readings } = node
  if (powerSource === undefined) return <span className={classes.value}>{absent}</span>
  const onBattery = powerSource === 'battery'
  const Icon = onBattery ? IconBattery1 : IconPlug
  return (
    <span className={classes.power} title={onBattery ? 'On battery' : 'On mains'}>
      <Icon size={16} stroke={1.5} aria-hidden="true" />
      <span className={classes.value} data-level={levels.battery(node)}>
        {onBattery ? (readings.batteryRatio === undefined ? 'battery' : formatRatio(readings.batteryRatio)) : 'mains'}
      </span>
    </span>
  )
}

function RoundTrip({ node }: { readonly node: FleetNode }) {
  const rtt = roundTripMs(node)
  const witness = bestWitness(node)
  const title =
    witness === undefined
      ? 'No member has had a link to it'
      : `${witness.linked ? 'Linked to' : 'Last linked to'} ${witness.name}`
  return (
    <span className={classes.value} title={title}>
      {rtt === undefined ? absent : rtt.toFixed(rtt < 10 ? 1 : 0)}
    </span>
  )
}

function Why({ node: { reasons } }: { readonly node: FleetNode }) {
  const [first, ...others] = reasons
  if (first === undefined) return null
  return (
    <span className={classes.why} title={reasons.map(({ message }) => message).join('\n')}>
      {first.message}
      {others.length > 0 && <span className={classes.moreReasons}> +{others.length}</span>}
    </span>
  )
}
