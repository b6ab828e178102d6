import type { Node as FleetNode } from '@wrale/protocol/api'
import type { KeyboardEvent, MouseEvent } from 'react'
import { isSilent } from '../../model/state.ts'
import type { ListActions } from './use-list-actions.ts'

/** How one node stands in its list. */
export interface NodePlace {
  readonly id: string
  readonly selected: boolean
  /** Shown in the side panel. */
  readonly open: boolean
  /** Under the keyboard. */
  readonly current: boolean
  /** The one that Tab leads to. */
  readonly reachable: boolean
  readonly actions: ListActions
}

/** What a row and a card have in common: how they are pointed at, reached from the keyboard, and found by tests. */
export function nodeElementProps(node: FleetNode, { id, selected, open, current, reachable, actions }: NodePlace) {
  return {
    'data-selected': selected || undefined,
    tabIndex: reachable ? 0 : -1,
    'data-testid': 'node-row',
    'data-id': id,
    'data-node-name': node.name,
    'data-state': node.state,
    'data-open': open || undefined,
    'data-current': current || undefined,
    'data-silent': isSilent(node) || undefined,
    onClick(event: MouseEvent) {
      if (event.target instanceof Element && event.target.closest('a, button, input, label') !== null) return
      if (event.shiftKey) actions.extendTo(id)
      else if (event.ctrlKey || event.metaKey) actions.toggle(id)
      else actions.peek(id)
    },
    onDoubleClick: () => actions.open(id),
    onKeyDown(event: KeyboardEvent) {
      if (event.target !== event.currentTarget || event.shiftKey || event.ctrlKey || event.metaKey) return
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      if (event.key === 'Enter') actions.open(id)
      else actions.peek(id)
    },
  } as const
}
