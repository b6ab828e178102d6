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
    const { port, stateDir, durationS, nodes } = this.#options
    await checkPort(port)
    await makeFolders(stateDir)
    const started = startStation(
      { command: this.#programs.station, stateDir: join(stateDir, 'station'), port, fleetName: FLEET_NAME },
      signal,
    )
    this.#children.push(started.child)
    const stationExit = started.child.exited.then((exit) => this.#stationEnded(exit))
    const station = await Promise.race([started.ready, stationExit])
    if (station === undefined) return
    await this.#introduce(station)

    const plan = planNodes(nodes)
    await this.#startNodes(station, plan)
    if (this.#options.faults) void this.#breakSomething(plan, signal)
    await Promise.race([stationExit, this.#watch(station, plan, signal), untilEnd(durationS, signal)])
  }

  async #introduce({ url, api }: RunningStation): Promise<void> {
    const link = await api.createSignInLink()
    this.#console.title(FLEET_NAME)
    this.#console.fact('Web UI', url)
    this.#console.fact('Sign in', link.url)
    this.#console.fact('', `works once, until ${link.expiresAt.toLocaleTimeString()}`)
    this.#console.fact('State', this.#options.stateDir)
    this.#console.fact('Stop', this.#programs.isWindow ? 'close the window, or Ctrl+C' : 'Ctrl+C')
    this.#console.title('Nodes')
    if (this.#options.open && !this.#programs.isWindow) openBrowser(link.url)
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

  async #watch({ api }: RunningStation, plan: readonly PlannedNode[], signal: AbortSignal): Promise<void> {
    const expected = new Set(plan.map(({ name }) => name))
    const onComplete = (count: number): void => this.#console.event(`all ${count} nodes are here`)
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

  /** The end of a window is the person's wish; a headless station was to go on. */
  #stationEnded(exit: ChildExit): undefined {
    if (exit.expected || (this.#programs.isWindow && exit.code === 0)) return
    throw ownError(exit) ?? this.#unexplained(exit)
  }

  #unexplained(exit: ChildExit): FleetError {
    this.#console.trouble(exit)
    return new FleetError('UNAVAILABLE', describeExit(exit))
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
