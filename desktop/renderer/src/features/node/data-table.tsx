import { useMemo } from 'react'
import { useTimeStyle } from '../../app/hooks.ts'
import type { ChartSpec } from '../../model/charts.ts'
import { absent, formatQuantity, quantity } from '../../model/format.ts'
import type { Aligned } from '../../model/series.ts'
import { absoluteTime, clockTime } from '../../model/time.ts'
import classes from './node.module.css'

interface DataTableProps {
  readonly spec: ChartSpec
  readonly data: Aligned
  readonly fromMs: number
  readonly toMs: number
}

/** The same data as the chart, the latest first. */
export function DataTable({ spec, data, fromMs, toMs }: DataTableProps) {
  const style = useTimeStyle()
  const rows = useMemo(() => {
    const indexes = data.timesMs.flatMap((atMs, index) => {
      const heard = data.values.some((column) => column[index] !== null)
      return heard && atMs >= fromMs && atMs <= toMs ? [index] : []
    })
    return indexes.reverse()
  }, [data, fromMs, toMs])
  return (
    // A scrolling region must be reachable from the keyboard.
    <div className={classes.tableBox} tabIndex={0} role="region" aria-label={`${spec.title}, table`}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Time{style.utc && ' (UTC)'}</th>
            {spec.series.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((index) => {
            const atMs = data.timesMs[index] ?? 0
            return (
              <tr key={atMs}>
                <th scope="row" title={absoluteTime(atMs, style)}>
                  {clockTime(atMs, style)}
                </th>
                {spec.series.map(({ label }, column) => {
                  const value = data.values[column]?.[index] ?? null
                  return <td key={label}>{value === null ? absent : formatQuantity(quantity(spec.unit, value))}</td>
                })}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
