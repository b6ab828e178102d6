import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { FanCurve } from '@wrale/protocol/node'
import { useState } from 'react'
import { formatMetric, formatRatio } from '../../model/format.ts'
import {
  bounds,
  checkDraft,
  curveCaution,
  type Draft,
  type DraftField,
  draftOf,
  dutyAt,
  isSameCurve,
  reachOf,
  withoutPoint,
  withPoint,
} from '../../model/safety/curve.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import { CurvePlot } from './curve-plot.tsx'
import classes from './fan-editor.module.css'

interface FanEditorProps {
  readonly inUse: FanCurve
  /** What editing begins with. */
  readonly start: FanCurve
  /** Of the processor now; undefined while it is not known. */
  readonly celsius: number | undefined
  /** Duty that the fan is told now. */
  readonly told: number
  readonly save: (curve: FanCurve) => void
}

interface Edited {
  readonly draft: Draft
  /** The last that was without fault: what is drawn. */
  readonly curve: FanCurve
}

/** A fan curve to be dragged, moved with the keys, or typed. Nothing happens to the fan before it is saved. */
export function FanEditor({ inUse, start, celsius, told, save }: FanEditorProps) {
  const [edited, setEdited] = useState<Edited>()
  const [selected, setSelected] = useState(0)
  const curve = edited?.curve ?? start
  const draft = edited?.draft ?? draftOf(start)
  const { curve: checked, problems } = checkDraft(draft)
  const isChanged = edited !== undefined && (checked === undefined || !isSameCurve(checked, start))
  const take = (next: FanCurve): void => setEdited({ draft: draftOf(next), curve: next })
  const type = (index: number, field: DraftField, text: string): void => {
    const typed = draft.map((point, at) => (at === index ? { ...point, [field]: text } : point))
    setEdited({ draft: typed, curve: checkDraft(typed).curve ?? curve })
  }
  const remove = (index: number): void => {
    const rest = withoutPoint(curve, index)
    if (rest === undefined) return
    take(rest)
    setSelected(Math.max(0, index - 1))
  }
  const added = withPoint(curve)
  const caution = curveCaution(curve)
  return (
    <form
      className={classes.editor}
      aria-label="Fan curve"
      onSubmit={(event) => {
        event.preventDefault()
        if (checked === undefined || !isChanged) return
        save(checked)
        setEdited(undefined)
      }}
    >
      <CurvePlot
        curve={curve}
        inUse={inUse}
        celsius={celsius}
        reach={reachOf([inUse, start, curve], celsius)}
        selected={selected}
        select={setSelected}
        change={take}
        remove={remove}
      />
      {celsius !== undefined && (
        <p data-testid="curve-preview">
          At {formatMetric('temperatureCelsius', celsius)} {isChanged ? 'the changed' : 'this'} curve asks for{' '}
          <strong data-figures>{formatRatio(dutyAt(curve, celsius))}</strong>
          {isChanged && <>, the one in use for {formatRatio(dutyAt(inUse, celsius))}</>}. The fan is told{' '}
          {formatRatio(told)} now.
        </p>
      )}
      <p className={classes.hint}>
        Drag a point, or move it with the arrow keys; Shift moves it further, Delete removes it.
      </p>
      <table className={classes.points} aria-label="Points of the curve">
        <thead>
          <tr>
            <th scope="col">Point</th>
            <th scope="col">°C</th>
            <th scope="col">Fan, %</th>
            <th scope="col">
              <span className={classes.spoken}>Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {draft.map(({ key, ...point }, index) => (
            <tr key={key} data-testid="curve-point" data-selected={index === selected || undefined}>
              <th scope="row">{index + 1}</th>
              {(['celsius', 'percent'] as const).map((field) => (
                <td key={field}>
                  <TextInput
                    size="xs"
                    aria-label={`Point ${index + 1}, ${field === 'celsius' ? '°C' : 'fan in percent'}`}
                    inputMode="decimal"
                    autoComplete="off"
                    value={point[field]}
                    error={problems.get(`${key}.${field}`)}
                    onFocus={() => setSelected(index)}
                    onChange={(event) => type(index, field, event.currentTarget.value)}
                  />
                </td>
              ))}
              <td>
                <ActionIcon
                  variant="subtle"
                  aria-label={`Remove point ${index + 1}`}
                  disabled={curve.length <= bounds.points.min}
                  onClick={() => remove(index)}
                >
                  <IconX size={16} stroke={1.75} />
                </ActionIcon>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {caution !== undefined && (
        <p className={classes.caution}>
          <StateMark state="warn" size={16} />
          <span>{caution}</span>
        </p>
      )}
      <div className={classes.buttons}>
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconPlus size={16} />}
          disabled={added === undefined}
          onClick={() => {
            if (added === undefined) return
            take(added.curve)
            setSelected(added.index)
          }}
        >
          Add a point
        </Button>
        <span className={classes.spring} />
        {edited !== undefined && (
          <Button size="xs" variant="default" onClick={() => setEdited(undefined)}>
            Discard
          </Button>
        )}
        <Button size="xs" type="submit" disabled={!isChanged || checked === undefined}>
          Save the curve
        </Button>
      </div>
    </form>
  )
}
