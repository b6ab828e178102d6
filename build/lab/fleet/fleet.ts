import { FleetError, toFleetError } from '@wrale/kernel'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ClockSetting, Lab, LabHost, type LabMachine } from '../src/index.ts'
import { FleetDaemon } from './daemon.ts'
import { FleetStation } from './station.ts'
import type { FleetPicture, FleetView } from './view.ts'

export interface DaemonOptions {
  /** Default `n1`, `n2` ... */
  readonly name?: string
  /** Default 'simulated'. */
  readonly metal?: 'simulated' | 'linux'
  /** A wall clock of its own. */
  readonly clock?: ClockSetting
  /** Its `edge.yaml`. Default: the product's defaults. */
  readonly config?: string
  /** Further words for `wrale-edge run`. */
  readonly args?: readonly string[]
}

export interface FleetOptions {
  /** Daemons to begin with: how many, or what is special about each. At most 100. */
  readonly nodes: number | readonly DaemonOptions[]
  /** For daemons that do not say otherwise. Default 'simulated'. */
  readonly metal?: 'simulated' | 'linux'
  /** 'network' (default): every program on a machine of its own, on one switch. 'host': all on one machine, as `npm start` does. */
  readonly place?: 'network' | 'host'
  /** Uses of the one join token, with which all daemons join, those added later too. Default 100. */
  readonly tokenUses?: number
  /** Further words for `wrale station`. */
  readonly stationArgs?: readonly string[]
  /** A wall clock of its own for the station. */
  readonly stationClock?: ClockSetting
  /** Longest wait for all nodes to be shown by the station, ms. Default 30 000; 0 does not wait. */
  readonly joinTimeoutMs?: number
}

const stationPort = 7420
/** Daemons that may be on their way into the fleet at once; further ones follow as these speak, or when they took too long. */
const atOnce = 8
const patienceMs = 5_000
const daemonPort = 9464

/**
 * A real fleet, of the built programs: a station, and daemons that joined it with a token and found it by multicast, told no address.
 */
export class Fleet implements AsyncDisposable {
  /** The network, or undefined when all are on one machine. */
  readonly lab: Lab | undefined
  readonly station: FleetStation
  /** The live view that the fleet itself uses; only there after the start. */
  readonly view: FleetView
  readonly #host: LabHost | undefined
  readonly #folder: string
  readonly #tokenFile: string
  readonly #metal: 'simulated' | 'linux'
  readonly #daemons: FleetDaemon[] = []
  /** Besides the first. */
  readonly #stations: FleetStation[] = []

  private constructor(parts: {
    place: Lab | LabHost
    station: FleetStation
    view: FleetView
    folder: string
    tokenFile: string
    metal: 'simulated' | 'linux'
  }) {
    this.lab = parts.place instanceof Lab ? parts.place : undefined
    this.#host = parts.place instanceof LabHost ? parts.place : undefined
    this.station = parts.station
    this.view = parts.view
    this.#folder = parts.folder
    this.#tokenFile = parts.tokenFile
    this.#metal = parts.metal
  }

  /** See {@link startFleet}. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const place = options.place === 'host' ? await LabHost.create() : await Lab.create({ nodes: 1 })
    const machine = place instanceof Lab ? place.node(1) : place
    const folder = join(machine.folder, 'fleet')
    let fleet: Fleet | undefined
    try {
      await mkdir(folder)
      const station = new FleetStation(machine, {
        stateDir: join(folder, 'station'),
        fleetName: 'Lab fleet',
        // On loopback the port may belong to another program of this computer.
        port: place.kind === 'netns' ? stationPort : 0,
        args: options.stationArgs ?? [],
        ...(options.stationClock && { clock: options.stationClock }),
      })
      await station.start()
      const tokenFile = join(folder, 'join-token')
      await writeFile(tokenFile, await station.joinToken(options.tokenUses ?? 100), { mode: 0o600 })
      const metal = options.metal ?? 'simulated'
      fleet = new Fleet({ place, station, view: station.watch(), folder, tokenFile, metal })
      const { nodes } = options
      await fleet.add(typeof nodes === 'number' ? Array.from({ length: nodes }, () => ({})) : nodes)
      const { joinTimeoutMs = 30_000 } = options
      if (joinTimeoutMs > 0) await fleet.untilAllSpeak({ timeoutMs: joinTimeoutMs })
      return fleet
    } catch (error) {
      const { code, message } = toFleetError(error)
      const known = fleet === undefined ? '' : `\n${fleet.describe()}`
      await fleet?.view.stop()
      await place.close()
      throw new FleetError(code, `${message}${known}`, {}, { cause: error })
    }
  }

  /** Starts a further station, on a machine of its own, which the first one takes in by its claim code. */
  async addStation(name: string): Promise<FleetStation> {
    const [machine] = await this.#machines(1)
    const station = new FleetStation(machine ?? this.station.machine, {
      stateDir: join(this.#folder, name),
      fleetName: undefined,
      name,
      port: this.lab?.kind === 'netns' ? stationPort : 0,
      args: [],
    })
    this.#stations.push(station)
    const started = station.start()
    await this.station.claim(await station.claimCode())
    await started
    return station
  }

  get daemons(): readonly FleetDaemon[] {
    return this.#daemons
  }

  /** Starts more daemons, each on a new machine where there is a network, and gives them. */
  async add(wanted: readonly DaemonOptions[]): Promise<readonly FleetDaemon[]> {
    const prepared = await this.prepare(wanted)
    for (const [index, daemon] of prepared.entries()) {
      // A computer that starts fifty programs in one moment finishes none of them soon.
      if (index >= atOnce) await this.#untilFewWait(prepared.slice(0, index))
      daemon.start()
    }
    return prepared
  }

  /** As {@link add}, but leaves it to the caller to start them. */
  async prepare(wanted: readonly DaemonOptions[]): Promise<readonly FleetDaemon[]> {
    const machines = await this.#machines(wanted.length)
    const added: FleetDaemon[] = []
    for (const [index, options] of wanted.entries()) {
      const machine = machines[index]
      if (machine !== undefined) added.push(await this.#makeDaemon(machine, options))
    }
    return added
  }

  /** Resolves when the station shows every daemon with a word of its own; TIMEOUT says who is missing. */
  async untilAllSpeak(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    const names = this.#daemons.map(({ name }) => name)
    await this.view.until(
      `all ${names.length} nodes speak`,
      ({ nodes }) => names.every((name) => speaks(nodes.get(name)?.state)),
      options,
    )
  }

  /** What is to be known after a failure: the picture, and the last lines of the station and of every program that has ended. */
  describe(): string {
    const programs = [this.station, ...this.#stations, ...this.#daemons].flatMap(({ started }) => started ?? [])
    const told = programs.filter((program) => program === this.station.started || program.ended !== undefined)
    const words = told.map((program) => {
      const { label, ended } = program
      const end = ended === undefined ? 'runs' : `ended with ${ended.signal ?? `code ${ended.code}`}`
      return `${label} ${end}${program.quoteOutput()}`
    })
    return [this.view.describe(), ...words].join('\n')
  }

  /** Kills everything and removes it. Idempotent. */
  async close(): Promise<void> {
    await this.view.stop()
    await (this.lab ?? this.#host)?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #untilFewWait(started: readonly FleetDaemon[]): Promise<void> {
    const waiting = ({ nodes }: FleetPicture): number =>
      started.filter(({ name }) => !speaks(nodes.get(name)?.state)).length
    await this.view
      .until('few wait', (picture) => waiting(picture) < atOnce, { timeoutMs: patienceMs })
      .catch(() => undefined)
  }

  async #machines(count: number): Promise<readonly LabMachine[]> {
    if (this.lab !== undefined) return await this.lab.addNodes(count)
    return Array.from({ length: count }, () => this.station.machine)
  }

  async #makeDaemon(machine: LabMachine, options: DaemonOptions): Promise<FleetDaemon> {
    const number = this.#daemons.length + 1
    const name = options.name ?? `n${number}`
    const configFile = join(this.#folder, `${name}.yaml`)
    if (options.config !== undefined) await writeFile(configFile, options.config)
    const daemon = new FleetDaemon(machine, {
      name,
      metal: options.metal ?? this.#metal,
      stateDir: join(this.#folder, name),
      port: daemonPort + number,
      tokenFile: this.#tokenFile,
      args: options.args ?? [],
      ...(options.clock && { clock: options.clock }),
      ...(options.config !== undefined && { configFile }),
    })
    this.#daemons.push(daemon)
    return daemon
  }
}

/**
 * Starts a station and daemons and waits until the station shows them all. Close it, also after failures: `await using` does.
 * @throws FleetError NOT_FOUND when the programs are not built, TIMEOUT when nodes are missing
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  return await Fleet.start(options)
}

/** Whether a node in this state has told of itself. */
function speaks(state: string | undefined): boolean {
  return state === 'ok' || state === 'warn' || state === 'fail'
}
