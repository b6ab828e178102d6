import type { FleetClient } from '@wrale/client'
import { FleetError, toFleetError } from '@wrale/kernel'
import { notesOf } from './change-nodes.ts'
import { type StationChoice, withStation } from './connect.ts'
import { type Manifest, readManifests } from './manifest.ts'
import { changeText, type FieldChange } from './notes-diff.ts'
import { planOf, type Step } from './plan.ts'
import { type OutputForm, painter, printData, tableOf, type Terminal } from './print.ts'

interface Result {
  readonly object: string
  readonly state: Step['state'] | 'failed'
  readonly changes: readonly FieldChange[]
  readonly error?: string
}

/**
 * Makes the fleet say what a file says. Nothing is changed unless the whole file is good; after that, an object that fails does not keep the others.
 * @throws FleetError of the first object that failed; INPUT_INVALID, NOT_FOUND, CONFLICT before anything was changed
 */
export async function applyFile(
  terminal: Terminal,
  choice: StationChoice,
  { file, dryRun }: { readonly file: string; readonly dryRun: boolean },
  form: OutputForm,
): Promise<void> {
  const manifests = await manifestsOf(file)
  const failures: FleetError[] = []
  const items = await withStation(choice, async ({ client }) => {
    const results: Result[] = []
    for (const { object, state, changes, call } of await planFor(client, manifests)) {
      try {
        if (!dryRun && state !== 'unchanged') await carryOut(client, call)
        results.push({ object, state, changes })
      } catch (thrown) {
        const error = toFleetError(thrown)
        failures.push(error)
        results.push({ object, state: 'failed', changes: [], error: `${error.code}: ${error.message}` })
      }
    }
    return results
  })
  printData(terminal, form, { items }, () => resultTable(items))
  if (dryRun) terminal.err.write('Nothing was changed: this was a dry run.\n')
  const [first] = failures
  if (first !== undefined) {
    throw new FleetError(first.code, `${failures.length} of ${items.length} objects failed: ${first.message}`)
  }
}

/** Shows what `apply` would change. @throws FleetError CONFLICT when that is anything */
export async function diffFile(
  terminal: Terminal,
  choice: StationChoice,
  file: string,
  form: OutputForm,
): Promise<void> {
  const manifests = await manifestsOf(file)
  const plan = await withStation(choice, ({ client }) => planFor(client, manifests))
  const items = plan
    .filter(({ state }) => state !== 'unchanged')
    .map(({ object, state, changes }): Result => ({ object, state, changes }))
  const paint = painter(terminal.out)
  const text = items.map(({ object, state, changes }) =>
    [
      paint('bold', state === 'created' ? `${object} (new)` : object),
      ...changes.map((change) => `  ${changeText(change)}`),
    ].join('\n'),
  )
  if (form !== 'table' || items.length > 0) printData(terminal, form, { items }, () => text.join('\n'))
  if (items.length > 0) {
    throw new FleetError('CONFLICT', `${items.length} of ${plan.length} objects are not as ${file} says`)
  }
}

async function manifestsOf(file: string): Promise<Manifest[]> {
  const manifests = await readManifests(file)
  if (manifests.length === 0) throw new FleetError('INPUT_INVALID', `${file}: there is nothing in it`)
  return manifests
}

async function planFor(client: FleetClient, manifests: readonly Manifest[]): Promise<Step[]> {
  const [nodes, groups] = await Promise.all([client.nodes.list(), client.groups.list()])
  return planOf(manifests, {
    nodes: nodes.items,
    groups: groups.items,
    notesOf: async (id) => notesOf(await client.nodes.get({ id })),
  })
}

async function carryOut(client: FleetClient, call: Step['call']): Promise<void> {
  if ('node' in call) await client.nodes.change({ id: call.node, ...call.change })
  else await client.groups.put(call.group)
}

function resultTable(results: readonly Result[]): string {
  return tableOf(
    [
      { title: 'OBJECT', cell: ({ object }) => object },
      { title: 'RESULT', cell: ({ state }) => state },
      { title: 'CHANGES', cell: ({ changes, error }) => error ?? changes.map(changeText).join(', ') },
    ],
    results,
  )
}
