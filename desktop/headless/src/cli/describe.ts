import { metricCatalogue, metricNames } from '@wrale/protocol'
import type { NodeDetail } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { findNode } from './find.ts'
import { formatAge, formatBytes, formatDuration, formatReading } from './format.ts'
import { placeParts } from './notes-diff.ts'
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

function descriptionOf(node: NodeDetail, nowMs: number): string {
  const { inventory } = node
  const sections: readonly Section[] = [
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
    ...notesSections(node),
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
  return sectionsText(sections)
}

type Section = readonly [title: string, lines: ReadonlyArray<readonly [label: string, text: string]>]

/** What operators say of it. */
function notesSections({ notes }: NodeDetail): Section[] {
  if (notes === undefined) return []
  const { labels, place, note, groups } = notes
  return [
    ['Labels', Object.entries(labels)],
    ['Place', placeParts.flatMap((part) => (place[part] === undefined ? [] : [[part, place[part]] as const]))],
    [
      'Notes',
      [
        ...(groups.length === 0 ? [] : [['Groups', groups.join(', ')] as const]),
        ...(note === null ? [] : [['Note', note.replaceAll('\n', '\n    ')] as const]),
      ],
    ],
  ]
}

/** A section a paragraph, the values in one column. The first may have no title. */
export function sectionsText(sections: readonly Section[]): string {
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
