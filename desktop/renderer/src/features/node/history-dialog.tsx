import { Button, Modal } from '@mantine/core'
import type { Node as FleetNode, ObjectChange } from '@wrale/protocol/api'
import { useCallback, useState } from 'react'
import { useBackend } from '../../app/hooks.ts'
import type { NotesChange } from '../../backend/operator-ports.ts'
import { fieldName } from '../../model/field-name.ts'
import { fieldChange, fieldSteps, valueText } from '../../model/notes.ts'
import { Ago } from '../../ui/ago.tsx'
import { Failure } from '../../ui/message.tsx'
import { Select } from '../../ui/select.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useLoaded } from '../../ui/use-loaded.ts'
import classes from './notes.module.css'

interface HistoryDialogProps {
  readonly node: Pick<FleetNode, 'id' | 'name'>
  readonly change: (change: NotesChange) => void
  readonly close: () => void
}

/** Who said what of a node and when, newest first; each word can be said again. */
export function HistoryDialog({ node: { id, name }, change, close }: HistoryDialogProps) {
  const backend = useBackend()
  const [field, setField] = useState('')
  const load = useCallback(
    async (signal: AbortSignal): Promise<readonly ObjectChange[]> =>
      backend.objectHistory({ type: 'node', id }, signal),
    [backend, id],
  )
  const { data, error } = useLoaded(load)
  const steps = fieldSteps(data ?? [])
  const fields = [...new Set(steps.map((step) => step.field))].toSorted()
  const shown = steps.filter((step) => field === '' || step.field === field)
  return (
    <Modal
      opened
      onClose={close}
      title={`History of ${name}`}
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
      attributes={{ header: { role: 'presentation' } }}
    >
      {data === undefined && error === undefined && <Skeleton lines={4} label="Loading the history" />}
      {error !== undefined && <Failure what="The history was not loaded" error={error} todo="Try again in a moment." />}
      {data !== undefined && steps.length === 0 && <p>Nobody has said anything of this node yet.</p>}
      {fields.length > 1 && (
        <Select
          className={classes.field}
          label="Field"
          options={[
            { value: '', label: 'Every field' },
            ...fields.map((one) => ({ value: one, label: fieldName(one) })),
          ]}
          value={field}
          onChange={setField}
        />
      )}
      <ol className={classes.steps} aria-label="Changes">
        {shown.map((step) => {
          const restore = step.isLatest ? undefined : fieldChange(step.field, step.value)
          return (
            <li key={step.key} data-testid="history-step" data-field={step.field}>
              <span className={classes.stepHead}>
                <strong>{fieldName(step.field)}</strong>
                <span className={classes.faint}>
                  {step.author}, <Ago at={step.at} />
                </span>
              </span>
              <span className={classes.stepValues}>
                <span className={classes.faint}>
                  {step.before === undefined ? 'not known' : valueText(step.before)}
                </span>
                <span aria-hidden="true"> → </span>
                <span>{valueText(step.value)}</span>
              </span>
              {step.isLatest && <span className={classes.faint}>holds now</span>}
              {restore !== undefined && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`Restore ${fieldName(step.field)} to ${valueText(step.value)}`}
                  onClick={() => {
                    change(restore)
                    close()
                  }}
                >
                  Restore
                </Button>
              )}
            </li>
          )
        })}
      </ol>
    </Modal>
  )
}
