import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { FleetError, isFleetErrorCode, toFleetError } from '@wrale/kernel'
import { openBrowser } from './browser.ts'
import { Child, describeExit, runToEnd, type ChildExit } from './child.ts'
import type { DemoConsole } from './console.ts'
import type { DemoOptions } from './options.ts'
import { planNodes, type PlannedNode } from './plan.ts'
import type { Programs } from './programs.ts'
import { checkPort, startStation, type RunningStation } from './station.ts'
import type { SeenNode } from './station-api.ts'
import { watchFleet } from './watch.ts'

const FLEET_NAME = 'Demo fleet'
const TOKEN_TTL_S = 3600
/** A node that does not come must not keep the window from opening. */
const WINDOW_AFTER_MS = 30_000
/** Long enough to see a healthy fleet first. */
const FAULT_AFTER_MS = 45_000
const FAULT = 'fan-stall'

/** The demo fleet: one station and its nodes, as processes of this machine. */
export class Demo {
  readonly #programs: Programs
  readonly #options: DemoOptions
  readonly #console: DemoConsole
  readonly #children: Child[] = []
  readonly #startedAtMs = Date.now()

  constructor(deps: { programs: Programs; console: DemoConsole }, options: DemoOptions) {
    this.#programs = deps.programs
    this.#console = deps.console
    this.#options = options
  }

  /**
   * Runs until the signal aborts, the duration is over or the station ends, and stops every process that it started.
   * @throws {FleetError} when the station does not come up, or ends by itself
   */
  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const ending = new AbortController()
    const ended = AbortSignal.any([signal, ending.signal])
    try {
      await this.#run(ended)
    } catch (error) {
      // What was interrupted by the end is no failure.
      if (!signal.aborted) throw error
    } finally {
      ending.abort()
      await Promise.all(this.#children.map((child) => child.stop()))
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { port, stateDir, durationS, nodes, faults } = this.#options
    await checkPort(port)
    await makeFolders(stateDir)
    const settings = { command: this.#programs.station, stateDir: this.#stationDir(), port, fleetName: FLEET_NAME }
    const started = startStation(settings, signal)
    this.#children.push(started.child)
    const stationExit = started.child.exited.then((exit) => this.#stationEnded(exit))
    const station = await Promise.race([started.ready, stationExit])
    if (station === undefined) return
    await this.#introduce(station)

    const plan = planNodes(nodes)
    await this.#startNodes(station, plan)
    if (faults) void this.#breakSomething(plan, signal)
    const complete = Promise.withResolvers<void>()
    const headless = Promise.race([stationExit, this.#watch(station, plan, complete.resolve, signal)])
    const session =
      this.#programs.window === undefined
        ? headless
        : Promise.race([complete.promise, delay(WINDOW_AFTER_MS, undefined, { signal }), headless]).then(() =>
            this.#showWindow(station, signal),
          )
    await Promise.race([session, untilEnd(durationS, signal)])
  }

  /** The desktop application has a station of its own, so it can have the fleet's folder only after the other one. */
  async #showWindow({ child }: RunningStation, signal: AbortSignal): Promise<void> {
    const [command, ...args] = this.#programs.window ?? []
    if (command === undefined || signal.aborted) return
    await child.stop()
    this.#console.event('the station moves into its window; closing it ends the demo')
    const window = new Child('window', command, [...args, `--state-dir=${this.#stationDir()}`])
    this.#children.push(window)
    const exit = await window.exited
    if (!exit.expected && exit.code !== 0) throw ownError(exit) ?? this.#unexplained(exit)
  }

  async #introduce({ url, api }: RunningStation): Promise<void> {
    this.#console.title(FLEET_NAME)
    if (this.#programs.window === undefined) {
      const link = await api.createSignInLink()
      this.#console.fact('Web UI', url)
      this.#console.fact('Sign in', link.url)
      this.#console.fact('', `works once, until ${link.expiresAt.toLocaleTimeString()}`)
      if (this.#options.open) openBrowser(link.url)
    } else this.#console.fact('Window', 'opens when all nodes are here')
    this.#console.fact('State', this.#options.stateDir)
    this.#console.fact('Stop', 'Ctrl+C')
    this.#console.title('Nodes')
  }

  async #startNodes({ api }: RunningStation, plan: readonly PlannedNode[]): Promise<void> {
    // A file, because a token on a command line would be everyone's to read.
    const tokenFile = join(this.#options.stateDir, 'join-token')
    const token = await api.createJoinToken('demo nodes', TOKEN_TTL_S, plan.length)
    await rm(tokenFile, { force: true })
    await writeFile(tokenFile, token, { mode: 0o600 })
    const [command, ...args] = this.#programs.edge
    for (const { name, metal } of plan) {
      const flags = ['run', '--state-dir', this.#nodeDir(name), '--name', name, '--metal', metal]
      const child = new Child(name, command, [...args, ...flags, '--http', '127.0.0.1:0', '--join', `@${tokenFile}`])
      this.#children.push(child)
      void child.exited.then((exit) => {
        if (!exit.expected) this.#console.trouble(exit)
      })
    }
  }

  async #watch(
    { api }: RunningStation,
    plan: readonly PlannedNode[],
    whenComplete: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const expected = new Set(plan.map(({ name }) => name))
    const onComplete = (count: number): void => {
      this.#console.event(`all ${count} nodes are here`)
      whenComplete()
    }
    const onChange = (node: SeenNode, isNew: boolean): void => this.#console.node(node, isNew)
    await watchFleet(api, { expected, sinceMs: this.#startedAtMs }, { onChange, onComplete }, signal)
  }

  async #breakSomething(plan: readonly PlannedNode[], signal: AbortSignal): Promise<void> {
    const victim = plan.findLast(({ metal }) => metal === 'simulated')
    if (victim === undefined) return
    await delay(FAULT_AFTER_MS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const [command, ...args] = this.#programs.edge
    const flags = ['sim', 'fault', FAULT, '--state-dir', this.#nodeDir(victim.name)]
    const exit = await runToEnd(`${FAULT} on ${victim.name}`, command, [...args, ...flags])
    if (exit.code === 0)
      this.#console.event(`the fan of ${victim.name} was made to stall (--no-faults leaves it alone)`)
    else this.#console.trouble(exit)
  }

  #stationEnded(exit: ChildExit): undefined {
    if (exit.expected) return
    throw ownError(exit) ?? this.#unexplained(exit)
  }

  #unexplained(exit: ChildExit): FleetError {
    this.#console.trouble(exit)
    return new FleetError('UNAVAILABLE', describeExit(exit))
  }

  #stationDir(): string {
    return join(this.#options.stateDir, 'station')
  }

  #nodeDir(name: string): string {
    return join(this.#options.stateDir, 'nodes', name)
  }
}

/** The error that a program ended with, if it said so: `program: CODE: message` is how all of them report it. */
function ownError({ lastLines }: ChildExit): FleetError | undefined {
  const [, code, message = ''] = /^[\w-]+: ([A-Z_]+): (.+)$/.exec(lastLines.at(-1) ?? '') ?? []
  return isFleetErrorCode(code) ? new FleetError(code, message) : undefined
}

async function makeFolders(stateDir: string): Promise<void> {
  try {
    await mkdir(join(stateDir, 'nodes'), { recursive: true, mode: 0o700 })
    await mkdir(join(stateDir, 'station'), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new FleetError('STATE_DIR_FORBIDDEN', `cannot use ${stateDir}: ${toFleetError(error).message}`)
  }
}

async function untilEnd(durationS: number | undefined, signal: AbortSignal): Promise<void> {
  if (durationS !== undefined) return delay(durationS * 1000, undefined, { signal })
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}
