import type { FleetClient } from '@wrale/client'
import { FleetError } from '@wrale/kernel'
import { metricCatalogue, metricNames } from '@wrale/protocol'
import type { Node, NodeDetail } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { formatAge, formatBytes, formatDuration, formatReading } from './format.ts'
import { type OutputForm, printData, type Terminal } from './print.ts'

export async function describeNode(
  terminal: Terminal,
  choice: StationChoice,
  wanted: string,
  form: OutputForm,
): Promise<void> {
  const detail = await withStation(choice, async ({ client }) =>
    client.nodes.get({ id: (await findNode(client, wanted)).id }),
  )
  printData(terminal, form, detail, () => descriptionOf(detail, Date.now()))
}

/**
 * A node by its name, its id, or the beginning or end of either that no other node has.
 * @throws FleetError NOT_FOUND, or CONFLICT when several fit
 */
export async function findNode(client: FleetClient, wanted: string): Promise<Node> {
  const { items } = await client.nodes.list()
  const exact = items.filter(({ id, name }) => id === wanted || name === wanted)
  const found =
    exact.length > 0
      ? exact
      : items.filter(
          ({ id, name }) => wanted !== '' && (id.startsWith(wanted) || id.endsWith(wanted) || name.startsWith(wanted)),
        )
  const [node] = found
  if (node === undefined) throw new FleetError('NOT_FOUND', `no node is called "${wanted}"`)
  if (found.length > 1) {
    const which = found.slice(0, 5).map(({ id, name }) => `${name} (${id})`)
    throw new FleetError('CONFLICT', `"${wanted}" fits ${found.length} nodes: ${which.join(', ')}`)
  }
  return node
}

function descriptionOf(node: NodeDetail, nowMs: number): string {
  const { inventory } = node
  const sections: ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, string]>]> = [
    [
      '',
      [
        ['Name', node.name],
        ['Id', node.id],
        ['State', `${node.state} for ${formatDuration(nowMs - Date.parse(node.stateSince))}`],
        ['Last seen', node.lastSeen === null ? 'never' : `${formatAge(node.lastSeen, nowMs)} (${node.lastSeen})`],
        ['Simulated', node.simulated ? 'yes' : 'no'],
        ...(node.powerSource === undefined ? [] : [['Power source', node.powerSource] as const]),
        ...(node.clockErrorMs === undefined ? [] : [['Clock error', `${node.clockErrorMs} ms`] as const]),
      ],
    ],
    ['Reasons', node.reasons.map(({ state, aspect, message }) => [`${state} ${aspect}`, message])],
    [
      'Readings',
      metricNames.flatMap((name) => {
        const value = node.readings[name]
        return value === undefined ? [] : [[metricCatalogue[name].label, formatReading(name, value)] as const]
      }),
    ],
    [
      'Seen by',
      node.seenBy.map(({ name, role, linked, at, rttMs }) => [
        name,
        `${role}, ${linked ? 'linked' : `link lost ${formatAge(at, nowMs)}`}${rttMs === undefined ? '' : `, ${rttMs.toFixed(1)} ms`}`,
      ]),
    ],
    [
      'Links',
      node.links.map(({ name, role, rttMs }) => [name, rttMs === undefined ? role : `${role}, ${rttMs.toFixed(1)} ms`]),
    ],
    ...(inventory === undefined
      ? []
      : [
          [
            'Hardware',
            [
              ['Model', inventory.hardware.model],
              ...(inventory.hardware.serial === undefined ? [] : [['Serial', inventory.hardware.serial] as const]),
              ['Processor', `${inventory.hardware.cores} × ${inventory.hardware.architecture}`],
              ['Memory', formatBytes(inventory.hardware.memoryBytes)],
              ...inventory.parts.map(
                ({ name, present, detail }) => [name, present ? (detail ?? 'present') : 'absent'] as const,
              ),
            ],
          ] as const,
          [
            'Software',
            [
              ['Wrale', inventory.software],
              ['System', inventory.system.os],
              ['Kernel', inventory.system.kernel],
              ['Host name', inventory.system.hostname],
              ['Addresses', inventory.addresses.join(', ')],
            ],
          ] as const,
        ]),
  ]
  const shown = sections.filter(([, lines]) => lines.length > 0)
  const width = Math.max(...shown.flatMap(([, lines]) => lines.map(([label]) => label.length)))
  return shown
    .map(([title, lines]) => {
      const indent = title === '' ? '' : '  '
      const body = lines.map(([label, text]) => `${indent}${`${label}:`.padEnd(width + 1)}  ${text}`)
      return [...(title === '' ? [] : [`${title}:`]), ...body].join('\n')
    })
    .join('\n')
}
