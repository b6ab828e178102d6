import type { FleetClient } from '@wrale/client'
import { FleetError, toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { NodeDetail, NodeNotes, Selector } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { findNodes } from './find.ts'
import { changeOf, changesOf, changeText, type FieldChange, type NotesChange } from './notes-diff.ts'
import { type OutputForm, printData, type Terminal } from './print.ts'
import { undoOf } from './undo.ts'

/** Which nodes, and what becomes of them: a change, or the last change of some fields taken back. */
export interface NodesChange {
  readonly names: readonly string[]
  readonly selector?: Selector | undefined
  readonly change: NotesChange | { readonly undo: (field: string) => boolean }
}

interface Outcome {
  readonly id: PeerIdText
  readonly name: string
  readonly changes: readonly FieldChange[]
  readonly error?: string
}

/**
 * Changes what operators say of nodes. Nothing is changed unless every node is found; after that, one that fails does not keep the others.
 * @throws FleetError of the first node that failed
 */
export async function changeNodes(
  terminal: Terminal,
  choice: StationChoice,
  { names, selector, change }: NodesChange,
  form: OutputForm,
): Promise<void> {
  const failures: FleetError[] = []
  const items = await withStation(choice, async ({ client }) => {
    const outcomes: Outcome[] = []
    for (const { id, name } of await findNodes(client, names, selector)) {
      try {
        outcomes.push({ id, name, changes: await changeNode(client, id, change) })
      } catch (thrown) {
        const error = toFleetError(thrown)
        failures.push(error)
        outcomes.push({ id, name, changes: [], error: `${error.code}: ${error.message}` })
      }
    }
    return outcomes
  })
  printData(terminal, form, { items }, () => items.map(outcomeText).join('\n'))
  const [first] = failures
  if (first === undefined) return
  if (items.length === 1) throw first
  throw new FleetError(first.code, `${failures.length} of ${items.length} nodes could not be changed: ${first.message}`)
}

async function changeNode(client: FleetClient, id: PeerIdText, wanted: NodesChange['change']): Promise<FieldChange[]> {
  const before = notesOf(await client.nodes.get({ id }))
  const change = 'undo' in wanted ? await takenBack(client, id, wanted.undo) : wanted
  const changes = changesOf(before, change)
  if (changes.length > 0) await client.nodes.change({ id, ...change })
  return changes
}

async function takenBack(
  client: FleetClient,
  id: PeerIdText,
  isWanted: (field: string) => boolean,
): Promise<NotesChange> {
  const fields = undoOf((await client.objects.history({ type: 'node', id })).items, isWanted)
  if (fields.size === 0) throw new FleetError('NOT_FOUND', 'there is nothing to take back')
  return changeOf(fields)
}

export function notesOf({ notes }: Pick<NodeDetail, 'notes'>): NodeNotes {
  return notes ?? { labels: {}, note: null, place: {}, groups: [] }
}

function outcomeText({ name, changes, error }: Outcome): string {
  if (error !== undefined) return `${name}  failed: ${error}`
  return changes.length === 0
    ? `${name}  unchanged`
    : changes.map((change) => `${name}  ${changeText(change)}`).join('\n')
}
