import { IconArrowUp } from '@tabler/icons-react'
import { useStore } from 'zustand'
import { useServices } from '../../app/hooks.ts'
import { selectMoved, selectWaiting } from '../../stores/list-store.ts'
import classes from './nodes.module.css'

/** What waits while a person points at the list. */
export function NewRows() {
  const { list } = useServices()
  const waiting = useStore(list, selectWaiting)
  const moved = useStore(list, selectMoved)
  if (waiting === 0 && !moved) return null
  return (
    <button type="button" className={classes.newRows} onClick={() => list.getState().release()}>
      <IconArrowUp size={14} aria-hidden="true" />
      {waiting > 0 ? `${waiting} new` : 'Order changed'}
    </button>
  )
}
