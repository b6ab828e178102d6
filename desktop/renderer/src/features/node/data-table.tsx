import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
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

/** Rows at first: about the height of the chart whose place the table takes. */
const shortTable = 6

/** The same data as the chart, the latest first. */
export function DataTable({ spec, data, fromMs, toMs }: DataTableProps) {
  const style = useTimeStyle()
  const [whole, setWhole] = useState(false)
  const rows = useMemo(() => {
    const indexes = data.timesMs.flatMap((atMs, index) => {
      const heard = data.values.some((column) => column[index] !== null)
      return heard && atMs >= fromMs && atMs <= toMs ? [index] : []
    })
    return indexes.toReversed()
  }, [data, fromMs, toMs])
  return (
    <>
      <table className={classes.table} aria-label={spec.title}>
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
          {rows.slice(0, whole ? undefined : shortTable).map((index) => {
            const atMs = data.timesMs[index] ?? 0
            return (
              <tr key={atMs}>
                <th scope="row" title={absoluteTime(atMs, style)} data-figures>
                  {clockTime(atMs, style)}
                </th>
                {spec.series.map(({ label }, column) => {
                  const value = data.values[column]?.[index] ?? null
                  return (
                    <td key={label} data-numeric>
                      {value === null ? absent : formatQuantity(quantity(spec.unit, value))}
                    </td>
                  )
                })}
              </tr>
            )
          })}
        </tbody>
      </table>
      {rows.length > shortTable && (
        <Button variant="subtle" size="compact-sm" onClick={() => setWhole(!whole)}>
          {whole ? 'Show fewer' : `Show all ${rows.length} rows`}
        </Button>
      )}
    </>
  )
}
