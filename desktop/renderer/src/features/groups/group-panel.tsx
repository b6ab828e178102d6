import { Button, TextInput } from '@mantine/core'
import { toFleetError } from '@wrale/kernel'
import type { GroupView } from '@wrale/protocol/api'
import { useState } from 'react'
import { useBackend, useNodes, useScreen } from '../../app/hooks.ts'
import {
  draftOf,
  emptyDraft,
  type GroupDraft,
  memberCountText,
  membersOf,
  nameProblem,
  readSelector,
} from '../../model/groups.ts'
import { useFocus } from '../../ui/use-focus.ts'
import { Panel } from '../../ui/panel.tsx'
import { GroupNodes } from './group-nodes.tsx'
import classes from './groups.module.css'

interface GroupPanelProps {
  /** Undefined: a new one. */
  readonly group: GroupView | undefined
  readonly taken: readonly string[]
  readonly close: () => void
  readonly onSaved: (name: string) => void
  readonly onRemoved: () => void
  readonly reload: () => void
}

/** A group's name, purpose, selector and nodes, with who would be in it as one types. */
export function GroupPanel({ group, taken, close, onSaved, onRemoved, reload }: GroupPanelProps) {
  const backend = useBackend()
  const nodes = useNodes()
  const { notify } = useScreen()
  const [draft, setDraft] = useState<GroupDraft>(group === undefined ? emptyDraft : draftOf(group))
  const first = useFocus<HTMLInputElement>()
  const [busy, setBusy] = useState(false)
  const [asked, setAsked] = useState(false)
  const { selector, problem } = readSelector(draft.selector)
  const badName = group === undefined ? nameProblem(draft.name, taken) : undefined
  const { selected, all } = membersOf(nodes.values(), selector, draft.nodes)
  const edit = (change: Partial<GroupDraft>): void => setDraft((before) => ({ ...before, ...change }))
  const failed = (what: string, error: unknown): void => {
    const { code, message } = toFleetError(error)
    notify(`${what}: ${message} (${code})`, 'fail')
  }
  const save = async (): Promise<void> => {
    setAsked(true)
    if (badName !== undefined || problem !== undefined || busy) return
    setBusy(true)
    try {
      const description = draft.description.trim()
      await backend.putGroup({
        name: draft.name,
        description: description === '' ? null : description,
        selector: selector === null ? null : { ...selector },
        nodes: draft.nodes as GroupView['nodes'],
      })
      notify(group === undefined ? `Group ${draft.name} made.` : `Group ${draft.name} saved.`)
      onSaved(draft.name)
    } catch (error) {
      failed('The group was not saved', error)
    } finally {
      setBusy(false)
    }
  }
  const remove = async (): Promise<void> => {
    try {
      const { members: _, ...before } = await backend.removeGroup(draft.name)
      notify(`Group ${draft.name} removed. Its nodes stay as they are.`, 'calm', {
        label: 'Undo',
        run: () =>
          void backend.putGroup(before).then(reload, (error: unknown) => failed('The group was not put back', error)),
      })
      onRemoved()
    } catch (error) {
      failed('The group was not removed', error)
    }
  }
  return (
    <Panel title={group?.name ?? 'New group'} close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        {group === undefined && (
          <TextInput
            label="Name"
            description="Small letters, digits and dashes."
            autoComplete="off"
            spellCheck={false}
            ref={first}
            value={draft.name}
            error={asked && badName}
            onChange={(event) => edit({ name: event.currentTarget.value.toLowerCase() })}
          />
        )}
        <TextInput
          label="What it is for"
          maxLength={400}
          autoComplete="off"
          value={draft.description}
          onChange={(event) => edit({ description: event.currentTarget.value })}
        />
        <TextInput
          label="Selector"
          description="Nodes with all these labels, such as env=prod,power=solar."
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={draft.selector}
          error={problem}
          onChange={(event) => edit({ selector: event.currentTarget.value })}
        />
        <GroupNodes chosen={draft.nodes} bySelector={selected} setChosen={(ids) => edit({ nodes: ids })} />
        <output className={classes.count}>{memberCountText(all.length, selected.length)}</output>
        <p className={classes.names}>
          {all
            .slice(0, shownNames)
            .map(({ name }) => name)
            .join(', ')}
          {all.length > shownNames && ` and ${all.length - shownNames} more`}
        </p>
        <div className={classes.buttons}>
          {group !== undefined && (
            <Button variant="subtle" onClick={remove}>
              Remove the group
            </Button>
          )}
          <Button type="submit" loading={busy}>
            {group === undefined ? 'Make the group' : 'Save'}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

const shownNames = 24
