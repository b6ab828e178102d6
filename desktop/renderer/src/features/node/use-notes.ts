import { toFleetError } from '@wrale/kernel'
import type { NodeNotes } from '@wrale/protocol/api'
import { useState } from 'react'
import { useBackend, useScreen } from '../../app/hooks.ts'
import type { NotesChange } from '../../backend/operator-ports.ts'
import { changeText, inverseOf, withChange } from '../../model/notes.ts'

export interface EditableNotes {
  readonly notes: NodeNotes
  /** Shows it at once, saves it, and offers to undo it. What fails is taken back and said. */
  readonly change: (change: NotesChange) => void
}

/** What operators say of a node, changed in place. @param loaded as the station told last */
export function useNotes(id: string, loaded: NodeNotes, reload: () => void): EditableNotes {
  const backend = useBackend()
  const { notify } = useScreen()
  // What was changed here holds until the station tells of the node anew.
  const [own, setOwn] = useState<{ readonly of: NodeNotes; readonly notes: NodeNotes }>()
  const notes = own?.of === loaded ? own.notes : loaded
  const save = async (change: NotesChange, before: NodeNotes, undoable: boolean): Promise<void> => {
    setOwn({ of: loaded, notes: withChange(before, change) })
    try {
      const saved = await backend.changeNode(id, change)
      setOwn({ of: loaded, notes: saved })
      if (undoable) {
        notify(changeText(change, before), 'calm', {
          label: 'Undo',
          run: () => void save(inverseOf(change, before), saved, false),
        })
      } else notify('Undone: it is as it was.')
      reload()
    } catch (error) {
      setOwn({ of: loaded, notes: before })
      const { code, message } = toFleetError(error)
      notify(`Not saved: ${message} (${code})`, 'fail')
    }
  }
  return { notes, change: (change) => void save(change, notes, true) }
}
