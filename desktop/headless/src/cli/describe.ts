import { metricCatalogue, metricNames } from '@wrale/protocol'
import { toFleetError } from '@wrale/kernel'
import type { FleetClient } from '@wrale/client'
import type { NodeDetail, NodeHardware, NodeSafety } from '@wrale/protocol/api'
import { type StationChoice, withStation } from './connect.ts'
import { findNode } from './find.ts'
import { formatAge, formatBytes, formatDuration, formatReading } from './format.ts'
import { liveSections } from './node-control.ts'
import { placeParts, valueText } from './notes-diff.ts'
import { type OutputForm, printData, type Terminal } from './print.ts'
import { type Section, sectionsText } from './sections.ts'

/** What the node itself says at this moment, or why it does not. */
type Live = { readonly hardware: NodeHardware; readonly safety: NodeSafety } | { readonly problem: string }

export async function describeNode(
  terminal: Terminal,
  choice: StationChoice,
  wanted: string,
  form: OutputForm,
): Promise<void> {
  const { detail, live } = await withStation(choice, async ({ client }) => {
    const node = await client.nodes.get({ id: (await findNode(client, wanted)).id })
    return { detail: node, live: await liveOf(client, node) }
  })
  printData(terminal, form, { ...detail, live }, () => descriptionOf(detail, live, Date.now()))
}

async function liveOf(client: FleetClient, { id, state }: NodeDetail): Promise<Live> {
  if (state === 'lost' || state === 'unknown') return { problem: `not asked: the node is ${state}` }
  try {
    const [hardware, safety] = await Promise.all([client.nodes.hardware({ id }), client.nodes.safety({ id })])
    return { hardware, safety }
  } catch (thrown) {
    const { code, message } = toFleetError(thrown)
    return { problem: `${code}: ${message}` }
  }
}

function descriptionOf(node: NodeDetail, live: Live, nowMs: number): string {
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
    ...('problem' in live
      ? [['Live', [['Hardware', live.problem]]] as const]
      : liveSections(live.hardware, live.safety)),
  ]
  return sectionsText(sections)
}

/** What operators say of it. */
function notesSections({ notes }: NodeDetail): Section[] {
  if (notes === undefined) return []
  const { labels, place, note, groups, thermal = {} } = notes
  return [
    ['Labels', Object.entries(labels)],
    ['Place', placeParts.flatMap((part) => (place[part] === undefined ? [] : [[part, place[part]] as const]))],
    ['Cooling wanted', Object.entries(thermal).map(([name, value]) => [name, valueText(value ?? null)])],
    [
      'Notes',
      [
        ...(groups.length === 0 ? [] : [['Groups', groups.join(', ')] as const]),
        ...(note === null ? [] : [['Note', note.replaceAll('\n', '\n    ')] as const]),
      ],
    ],
  ]
}
