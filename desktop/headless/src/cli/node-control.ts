import type { FleetClient } from '@wrale/client'
import type { PeerIdText } from '@wrale/protocol'
import type { NodeHardware, NodeSafety, NodeSimulator } from '@wrale/protocol/api'
import type { LineLevel, OverrideRequest, SafetyDecision, SimulatorRequest, Wish, WishKind } from '@wrale/protocol/node'
import { type StationChoice, withStation } from './connect.ts'
import { findNode } from './find.ts'
import { absent, formatDuration } from './format.ts'
import { type OutputForm, printData, type Terminal } from './print.ts'
import { type Section, sectionsText } from './sections.ts'

async function onNode<T>(
  choice: StationChoice,
  wanted: string,
  work: (client: FleetClient, id: PeerIdText) => Promise<T>,
): Promise<{ readonly name: string; readonly answer: T }> {
  return withStation(choice, async ({ client }) => {
    const { id, name } = await findNode(client, wanted)
    return { name, answer: await work(client, id) }
  })
}

export async function override(
  terminal: Terminal,
  choice: StationChoice,
  node: string,
  request: OverrideRequest,
  form: OutputForm,
): Promise<void> {
  const { name, answer } = await onNode(choice, node, (client, id) => client.nodes.override({ id, ...request }))
  printData(terminal, form, answer, () => `${name}  ${wishText(answer.what)} for ${formatDuration(answer.endsInMs)}`)
}

export async function endOverride(
  terminal: Terminal,
  choice: StationChoice,
  { node, kind }: { readonly node: string; readonly kind: WishKind },
  form: OutputForm,
): Promise<void> {
  const { name, answer } = await onNode(choice, node, (client, id) => client.nodes.endOverride({ id, kind }))
  printData(terminal, form, answer, () => `${name}  the override "${kind}" is over; ${demandsText(answer)}`)
}

export async function resetTamper(
  terminal: Terminal,
  choice: StationChoice,
  { node, why }: { readonly node: string; readonly why: string },
  form: OutputForm,
): Promise<void> {
  const { name, answer } = await onNode(choice, node, (client, id) => client.nodes.resetTamper({ id, why }))
  printData(terminal, form, answer, () => `${name}  tamper ${answer.tamper.stage}`)
}

export async function setLine(
  terminal: Terminal,
  choice: StationChoice,
  wanted: { readonly node: string; readonly name: string; readonly level: LineLevel },
  form: OutputForm,
): Promise<void> {
  const { name, answer } = await onNode(choice, wanted.node, (client, id) =>
    client.nodes.setLine({ id, name: wanted.name, level: wanted.level }),
  )
  printData(terminal, form, answer, () => `${name}  ${answer.name} reads ${answer.level}`)
}

export async function showSimulator(
  terminal: Terminal,
  choice: StationChoice,
  node: string,
  form: OutputForm,
): Promise<void> {
  const { answer } = await onNode(choice, node, (client, id) => client.nodes.simulator.get({ id }))
  printData(terminal, form, answer, () => simulatorText(answer))
}

export async function changedNode(
  terminal: Terminal,
  choice: StationChoice,
  { node, change }: { readonly node: string; readonly change: SimulatorRequest },
  form: OutputForm,
): Promise<void> {
  const { answer } = await onNode(choice, node, (client, id) => client.nodes.simulator.change({ id, ...change }))
  printData(terminal, form, answer, () => simulatorText(answer))
}

/** What `describe node` shows of a node that answers. */
export function liveSections(hardware: NodeHardware, safety: NodeSafety): Section[] {
  const { fan, watchdog, power, storage } = hardware
  return [
    [
      'Safety',
      [
        ...safety.policies.map(
          ({ name, state, why }) => [name, why === null ? state : `${state}: ${decisionText(why)}`] as const,
        ),
        ['in effect', demandsText(safety)],
        ...safety.overrides.map(
          ({ what, who, why, endsInMs }) =>
            ['override', `${wishText(what)} by ${who}, ${formatDuration(endsInMs)} more: ${why}`] as const,
        ),
        ...(safety.tamper.latched.length === 0 ? [] : [['latched', safety.tamper.latched.join(', ')] as const]),
        ...(safety.failing.length === 0 ? [] : [['failing', safety.failing.join(', ')] as const]),
        [
          'fan profile',
          `${safety.thermal.profile}, said by the ${safety.thermal.profileFrom}` +
            (safety.thermal.curveFrom === 'fleet' ? ', with a curve of the fleet' : ''),
        ],
        ...(safety.thermal.refused === undefined ? [] : [['not taken', safety.thermal.refused] as const]),
      ],
    ],
    [
      'Devices',
      [
        ...(fan === null
          ? []
          : [
              [
                'fan',
                `${fan.name}, asked for ${fan.askedDuty === null ? 'nothing' : percent(fan.askedDuty)}` +
                  (fan.rpm === undefined ? '' : `, ${Math.round(fan.rpm)} rpm`) +
                  (fan.stalled === true ? ', STALLED' : ''),
              ] as const,
            ]),
        ...(watchdog === null ? [] : [['watchdog', `${watchdog.name}, ${watchdog.condition}`] as const]),
        ...Object.entries(power.alarms)
          .filter(([, raised]) => raised)
          .map(([name]) => ['alarm', name] as const),
        ...(storage.readOnly === true ? [['storage', 'READ-ONLY'] as const] : []),
        ...hardware.buses.map(({ name, condition, reason }) => [name, reason ?? condition] as const),
      ],
    ],
    [
      'Lines',
      hardware.lines.map(({ name, direction, state, level, absence, use }) => [
        name,
        `${direction}, ${level ?? absence?.detail ?? state}${use === undefined ? '' : ` (${use})`}`,
      ]),
    ],
    [
      'Sensors',
      hardware.sensors.flatMap(({ name, readings }) =>
        Object.entries(readings).map(([quantity, { unit, verdict }]): readonly [string, string] => [
          `${name} ${quantity}`,
          verdict.status === 'ok' ? quantityText(verdict.value, unit) : `${verdict.status}: ${verdict.reason}`,
        ]),
      ),
    ],
  ]
}

function simulatorText({ faults, possibleFaults, settings, fan, cpu, supply, off }: NodeSimulator): string {
  return sectionsText([
    [
      '',
      [
        ['Faults', faults.length === 0 ? 'none' : faults.join(', ')],
        ['Can break', possibleFaults.join(', ')],
        ['Processor', `${cpu.celsius.toFixed(1)} °C, ${percent(cpu.busyRatio)} busy, limit ${percent(cpu.limitRatio)}`],
        ['Fan', `${percent(fan.dutyRatio)}, ${Math.round(fan.rpm)} rpm`],
        ['Supply', `${supply.source}, ${supply.volts.toFixed(2)} V, ${supply.watts.toFixed(1)} W`],
        ...(off === null ? [] : [['Off', `${off.cause}: ${off.reason}`] as const]),
      ],
    ],
    [
      'Settings',
      Object.entries(settings).map(([name, value]) => [
        name,
        value === null ? 'auto' : String(Number(value.toPrecision(5))),
      ]),
    ],
  ])
}

function decisionText({ reason, agoMs }: SafetyDecision): string {
  return `${reason} (${formatDuration(agoMs)} ago)`
}

function demandsText({ demands }: NodeSafety): string {
  const { fanDuty, cpuRatio, keepFrom, writes, alarm, locked, powerDown } = demands
  const parts = [
    `fan ${percent(fanDuty)}`,
    ...(cpuRatio < 1 ? [`processor ${percent(cpuRatio)}`] : []),
    ...(keepFrom > 0 ? [`services from priority ${keepFrom}`] : []),
    ...(writes === 'usual' ? [] : [`writes ${writes}`]),
    ...(alarm ? ['alarm'] : []),
    ...(locked ? ['locked'] : []),
    ...(powerDown === undefined ? [] : [`shutdown: ${powerDown.reason}`]),
  ]
  return parts.join(', ')
}

function wishText(what: Wish): string {
  switch (what.kind) {
    case 'fan':
      return `fan ${percent(what.duty)}`
    case 'cpu-limit':
      return `processor ${percent(what.ratio)}`
    case 'services':
      return `services from priority ${what.keepFrom}`
    case 'writes':
      return `writes ${what.mode}`
    case 'alarm':
      return `alarm ${what.on ? 'on' : 'off'}`
    case 'stay-on':
      return 'no shutdown'
  }
}

const symbols: Readonly<Record<string, string>> = { celsius: '°C', volts: 'V', amperes: 'A', watts: 'W', pascals: 'Pa' }

function quantityText(value: number, unit: string): string {
  return unit === 'ratio' ? percent(value) : `${Number(value.toPrecision(5))} ${symbols[unit] ?? unit}`
}

function percent(ratio: number): string {
  return Number.isFinite(ratio) ? `${Math.round(ratio * 100)} %` : absent
}
