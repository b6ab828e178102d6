import { styleText } from 'node:util'
import { stringify } from 'yaml'

export const outputForms = ['table', 'json', 'yaml'] as const
export type OutputForm = (typeof outputForms)[number]

/** Where a command writes: data to `out`, progress and remarks to `err`. */
export interface Terminal {
  readonly out: NodeJS.WriteStream
  readonly err: NodeJS.WriteStream
}

/** Prints data in the form that was asked for; only the table is for people and may change. */
export function printData(terminal: Terminal, form: OutputForm, data: unknown, table: () => string): void {
  const text =
    form === 'table' ? table() : form === 'json' ? JSON.stringify(data, undefined, 2) : stringify(data).trimEnd()
  terminal.out.write(`${text}\n`)
}

export interface Column<T> {
  readonly title: string
  readonly align?: 'left' | 'right'
  cell(row: T): string
  /** Colours the padded cell; colour never carries meaning alone. */
  paint?(text: string, row: T): string
}

/** Columns as wide as their widest cell, two spaces apart. */
export function tableOf<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)))
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  )
  const line = (texts: readonly string[], row?: T): string =>
    columns
      .map((column, index) => {
        const text = texts[index] ?? ''
        const width = widths[index] ?? 0
        const padded = column.align === 'right' ? text.padStart(width) : text.padEnd(width)
        return row === undefined ? padded : (column.paint?.(padded, row) ?? padded)
      })
      .join('  ')
      .trimEnd()
  return [line(columns.map(({ title }) => title)), ...rows.map((row, index) => line(cells[index] ?? [], row))].join(
    '\n',
  )
}

/** Colours text where the terminal and NO_COLOR (no-color.org) allow it. */
export function painter(stream: NodeJS.WriteStream): (style: Parameters<typeof styleText>[0], text: string) => string {
  return (style, text) => styleText(style, text, { stream })
}
