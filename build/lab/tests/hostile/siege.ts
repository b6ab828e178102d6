import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { callControl, controlSocketPath, loadIdentity } from '@wrale/host'
import type { FleetId } from '@wrale/protocol'
import { encodeIdentity, generateIdentity, type Identity, issueCertificate } from '@wrale/protocol/signing'
import { z } from 'zod'
import type { Fleet, FleetDaemon } from '../../fleet/index.ts'
import type { LabMachine, LabProcess, ProcessUsage } from '../../src/index.ts'
import type { StageFile } from './stage.ts'

const program = fileURLToPath(new URL('./main.ts', import.meta.url))
const reportSchema = z.object({ id: z.string(), addresses: z.array(z.string()) })
const lookEveryMs = 200
/** Port on which the station of a fleet under siege must listen for members. */
export const stationPort = 4001

/** What the hostile peer shows for a certificate. */
export type Papers = 'member' | 'station' | 'self-signed' | 'other-fleet' | 'expired' | 'another member’s'

/** What an attack did to a member. */
export interface Toll {
  readonly name: string
  readonly role: 'node' | 'station'
  /** Above what it had when the attack began, bytes. */
  readonly grownBytes: number
  readonly cpuSeconds: number
  /** Longest wait for an answer of /livez, ms. */
  readonly slowestMs: number
  /** Incidents counted during the attack, by kind. */
  readonly incidents: Readonly<Record<string, number>>
}

export interface Attack {
  readonly tolls: readonly Toll[]
  /** What the hostile peer says of it. */
  readonly outcome: unknown
  readonly seconds: number
}

/** Somebody hostile. */
export interface Recruit {
  readonly identity: Identity
  readonly certificate: Uint8Array
}

interface Member {
  readonly name: string
  readonly role: 'node' | 'station'
  readonly process: LabProcess
  readonly incidents: () => Promise<Record<string, number>>
  readonly isLive: () => Promise<boolean>
}

/** A hostile machine beside a fleet, and what it does to whom. */
export class Siege {
  readonly #fleet: Fleet
  readonly #machine: LabMachine
  readonly #root: Identity
  readonly #fleetId: FleetId
  #number = 0

  private constructor(fleet: Fleet, machine: LabMachine, root: Identity, fleetId: FleetId) {
    this.#fleet = fleet
    this.#machine = machine
    this.#root = root
    this.#fleetId = fleetId
  }

  static async lay(fleet: Fleet): Promise<Siege> {
    const root = await loadIdentity(join(fleet.station.stateDir, 'fleet-root.key'))
    const [machine] = (await fleet.lab?.addNodes(1)) ?? []
    if (root === undefined || machine === undefined) throw new Error('a siege needs a station’s root key and a network')
    return new Siege(fleet, machine, root, (await fleet.station.fleet()).id)
  }

  /** Somebody with such papers. */
  async recruit(papers: Papers): Promise<Recruit> {
    const identity = await generateIdentity()
    const other = await generateIdentity()
    const signer = papers === 'self-signed' ? identity : papers === 'other-fleet' ? other : this.#root
    const { sealed } = await issueCertificate(
      {
        fleet: this.#fleetId,
        fleetName: 'Lab fleet',
        subject: papers === 'another member’s' ? other.id : identity.id,
        role: papers === 'station' ? 'station' : 'node',
        name: `hostile-${this.#number}`,
        serial: new Uint8Array(16),
        notBefore: 0,
        ...(papers === 'expired' && { notAfter: Date.now() - 3_600_000 }),
      },
      signer,
    )
    return { identity, certificate: sealed }
  }

  /** Lets the hostile peer behave like that for so long, and watches what it does to the members. */
  async attack(behaviour: string, who: Recruit, ms: number): Promise<Attack> {
    const members = this.#members()
    const watches = await Promise.all(members.map((member) => Watch.begin(member)))
    const startedMs = performance.now()
    const attacker = await this.begin(behaviour, who, ms)
    while (attacker.ended === undefined) {
      await Promise.all(watches.map((watch) => watch.look()))
      await sleep(lookEveryMs)
    }
    if (attacker.ended.code !== 0) throw new Error(`the attacker ended badly${attacker.quoteOutput()}`)
    const line = attacker.output.findLast(({ stream }) => stream === 'stdout')?.text ?? 'null'
    return {
      tolls: await Promise.all(watches.map((watch) => watch.end())),
      outcome: JSON.parse(line) as unknown,
      seconds: (performance.now() - startedMs) / 1000,
    }
  }

  /** Lets the hostile peer begin, and leaves it to the caller what happens meanwhile. */
  async begin(behaviour: string, who: Recruit, ms: number): Promise<LabProcess> {
    const reports = await Promise.all(this.#fleet.daemons.map((daemon) => reportOf(daemon)))
    const { machine } = this.#fleet.station
    const { station } = await this.#fleet.station.fleet()
    const stage: StageFile = {
      fleet: this.#fleetId,
      targets: [
        ...reports.flatMap(({ addresses }) => reachable(addresses)),
        `/ip4/${machine.address}/tcp/${stationPort}/p2p/${station.id}`,
      ],
      members: [...reports.map(({ id }) => id), station.id],
      key: Buffer.from(encodeIdentity(who.identity)).toString('base64'),
      certificate: Buffer.from(who.certificate).toString('base64'),
    }
    this.#number += 1
    const file = join(this.#machine.folder, `stage-${this.#number}.json`)
    await writeFile(file, JSON.stringify(stage), { mode: 0o600 })
    return this.#machine.spawn({
      command: process.execPath,
      args: ['--no-warnings', program, file, behaviour, String(ms)],
      env: { NODE_ENV: undefined, NODE_OPTIONS: undefined },
    })
  }

  #members(): Member[] {
    const { station, daemons } = this.#fleet
    const kinds = (samples: ReadonlyArray<{ labels: Readonly<Record<string, string>>; value: number }>) =>
      Object.fromEntries(samples.map(({ labels, value }) => [labels['kind'] ?? '', value]))
    return [
      ...daemons.map((daemon) => ({
        name: daemon.name,
        role: 'node' as const,
        process: daemon.process,
        incidents: async () => kinds((await daemon.metrics()).find('wrale_security_incidents_total')),
        isLive: () => daemon.isLive(),
      })),
      {
        name: 'station',
        role: 'station' as const,
        process: station.process,
        incidents: async () => kinds((await station.metrics()).find('wrale_mesh_incidents_total')),
        isLive: async () => (await station.request('/livez')).status === 200,
      },
    ]
  }
}

/** Addresses that others than the machine itself can reach, one. */
function reachable(addresses: readonly string[]): string[] {
  return addresses.filter((address) => !address.startsWith('/ip4/127.')).slice(0, 1)
}

async function reportOf(daemon: FleetDaemon): Promise<z.output<typeof reportSchema>> {
  return reportSchema.parse(await callControl(controlSocketPath(daemon.stateDir), 'status'))
}

/** One member while an attack lasts. */
class Watch {
  readonly #member: Member
  readonly #before: { readonly usage: ProcessUsage; readonly incidents: Record<string, number> }
  #peakBytes = 0
  #slowestMs = 0

  private constructor(member: Member, incidents: Record<string, number>) {
    this.#member = member
    this.#before = { usage: member.process.usage(), incidents }
  }

  static async begin(member: Member): Promise<Watch> {
    return new Watch(member, await member.incidents())
  }

  async look(): Promise<void> {
    const askedMs = performance.now()
    if (!(await this.#member.isLive())) throw new Error(`${this.#member.name} is not live`)
    this.#slowestMs = Math.max(this.#slowestMs, performance.now() - askedMs)
    this.#peakBytes = Math.max(this.#peakBytes, this.#member.process.usage().residentBytes)
  }

  async end(): Promise<Toll> {
    await this.look()
    const { usage, incidents } = this.#before
    return {
      name: this.#member.name,
      role: this.#member.role,
      grownBytes: this.#peakBytes - usage.residentBytes,
      cpuSeconds: this.#member.process.usage().cpuSeconds - usage.cpuSeconds,
      slowestMs: Math.round(this.#slowestMs),
      incidents: difference(await this.#member.incidents(), incidents),
    }
  }
}

function difference(now: Record<string, number>, then: Record<string, number>): Record<string, number> {
  const grown = Object.entries(now).map(([kind, count]) => [kind, count - (then[kind] ?? 0)] as const)
  return Object.fromEntries(grown.filter(([, count]) => count > 0))
}
