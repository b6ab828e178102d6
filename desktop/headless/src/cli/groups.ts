import { formatSelector, type GroupView } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { sectionsText } from './sections.ts'
import { absent } from './format.ts'
import { type OutputForm, printData, tableOf, type Terminal } from './print.ts'

export async function getGroups(terminal: Terminal, choice: StationChoice, form: OutputForm): Promise<void> {
  const list = await withStation(choice, ({ client }) => client.groups.list())
  printData(terminal, form, list, () => groupTable(list.items))
  if (list.items.length === 0) terminal.err.write('There is no group: make one with "wrale apply".\n')
}

export async function describeGroup(
  terminal: Terminal,
  choice: StationChoice,
  name: string,
  form: OutputForm,
): Promise<void> {
  const group = await withStation(choice, ({ client }) => client.groups.get({ name }))
  printData(terminal, form, group, () =>
    sectionsText([
      [
        '',
        [
          ['Name', group.name],
          ['Description', group.description ?? absent],
          ['Selector', group.selector === null ? absent : formatSelector(group.selector)],
        ],
      ],
      ['Nodes', group.members.map(({ id, name: node }) => [node, `${how(group, id)}, ${id}`])],
    ]),
  )
}

/** Prints the group as it was, so that it can be made again. */
export async function deleteGroup(
  terminal: Terminal,
  choice: StationChoice,
  name: string,
  form: OutputForm,
): Promise<void> {
  const group = await withStation(choice, ({ client }) => client.groups.remove({ name }))
  printData(terminal, form, group, () => `group/${group.name}  removed`)
}

function groupTable(groups: readonly GroupView[]): string {
  return tableOf(
    [
      { title: 'NAME', cell: ({ name }) => name },
      { title: 'NODES', align: 'right', cell: ({ members }) => String(members.length) },
      { title: 'SELECTOR', cell: ({ selector }) => (selector === null ? absent : formatSelector(selector)) },
      { title: 'BY HAND', align: 'right', cell: ({ nodes }) => String(nodes.length) },
      { title: 'DESCRIPTION', cell: ({ description }) => description ?? absent },
    ],
    groups,
  )
}

function how({ nodes }: GroupView, id: GroupView['nodes'][number]): string {
  return nodes.includes(id) ? 'by hand' : 'by selector'
}
