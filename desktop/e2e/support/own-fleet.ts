import { builtProgram, type Fleet, startFleet } from '@wrale/build/lab/fleet'
import type { LabProcess } from '@wrale/build/lab'
import { join } from 'node:path'

/** A small fleet for tests that change who is in it: those of the demo fleet stay as they are. */
export async function startSmallFleet(...names: readonly string[]): Promise<Fleet> {
  return await startFleet({ place: 'host', nodes: names.map((name) => ({ name })), joinTimeoutMs: 60_000 })
}

/** A machine that belongs to no fleet and waits for somebody to enter its claim code. */
export interface Unclaimed {
  readonly code: string
  readonly process: LabProcess
}

/** Printed by a node that is no member yet. */
const codeLine = /"claimCode":"([0-9A-Z-]+)"/

/** Starts `wrale-edge run` without a token, beside the station. */
export async function startUnclaimed(fleet: Fleet, name: string): Promise<Unclaimed> {
  const { machine } = fleet.station
  const process = machine.spawn(
    builtProgram(
      'wrale-edge',
      'run',
      ...['--state-dir', join(machine.folder, name), '--name', name, '--metal', 'simulated', '--http', '127.0.0.1:0'],
    ),
  )
  const { text } = await process.waitForLine(codeLine, { timeoutMs: 20_000 })
  return { code: codeLine.exec(text)?.[1] ?? '', process }
}
