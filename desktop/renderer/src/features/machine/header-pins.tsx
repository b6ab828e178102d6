import type { NodeHardware } from '@wrale/protocol/api'
import { type HeaderPin, headerRows } from '../../model/header-pins.ts'
import classes from './machine.module.css'

type Line = NodeHardware['lines'][number]

/** The 40-pin header as on the board, with the lines that have names. */
export function HeaderPins({ lines }: { readonly lines: readonly Line[] }) {
  const at = new Map(lines.flatMap((line) => (line.position === undefined ? [] : [[line.position, line] as const])))
  return (
    <section className={classes.section} aria-labelledby="header">
      <h2 id="header">Header</h2>
      <table className={classes.header}>
        <caption className={classes.hidden}>Pins of the header, two in a row as on the board</caption>
        <thead className={classes.hidden}>
          <tr>
            <th scope="col">Left</th>
            <th scope="col">Pin</th>
            <th scope="col">Pin</th>
            <th scope="col">Right</th>
          </tr>
        </thead>
        <tbody>
          {headerRows.map(([left, right]) => (
            <tr key={left.position}>
              <td className={classes.left}>
                <Label pin={left} line={at.get(left.position)} />
              </td>
              <Pad pin={left} line={at.get(left.position)} />
              <Pad pin={right} line={at.get(right.position)} />
              <td>
                <Label pin={right} line={at.get(right.position)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.faint}>Filled: on. Ringed: has a name and is off, or is not there.</p>
    </section>
  )
}

interface PinProps {
  readonly pin: HeaderPin
  readonly line: Line | undefined
}

function Label({ pin, line }: PinProps) {
  if (line === undefined) return <span className={classes.faint}>{pin.text}</span>
  return (
    <>
      <strong>{line.name}</strong> <span className={classes.faint}>{line.level ?? line.state}</span>
    </>
  )
}

function Pad({ pin, line }: PinProps) {
  return (
    <td
      className={classes.pad}
      data-kind={pin.kind}
      data-named={line !== undefined || undefined}
      data-level={line?.level ?? undefined}
    >
      <span>{pin.position}</span>
    </td>
  )
}
