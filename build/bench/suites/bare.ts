import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { builtProgram } from '../../lab/fleet/index.ts'
import { LabHost } from '../../lab/src/index.ts'
import type { BenchContext } from '../context.ts'

/** Ten minutes are too long to be run by the way. */
export const onlyWhenNamed = true

const minutes = 10
const minuteMs = 60_000

/** What a daemon says, minute by minute, on this computer as it is: no lines, no sensors, no fan, and a network with nobody on it. */
export async function bare({ report, note }: BenchContext): Promise<void> {
  await using host = await LabHost.create()
  const flags = ['--state-dir', join(host.folder, 'bare'), '--metal', 'linux', '--http', '127.0.0.1:0']
  const daemon = host.spawn(builtProgram('wrale-edge', 'run', ...flags))
  await daemon.waitForLine('"msg":"running"')
  const lines: number[] = []
  for (let minute = 1; minute <= minutes; minute++) {
    // The first minute has the lines of the start.
    const before = minute === 1 ? 0 : daemon.output.length
    await sleep(minuteMs)
    lines.push(daemon.output.length - before)
  }
  if (daemon.ended !== undefined) note(`the daemon ended: ${JSON.stringify(daemon.ended)}`)
  for (const { text } of daemon.output) note(text)
  report({ name: 'bare.log-lines', unit: 'lines/min', samples: lines })
  report({ name: 'bare.errors', unit: 'count', samples: [countErrors(daemon.output)] })
}

function countErrors(output: readonly { readonly text: string }[]): number {
  return output.filter(({ text }) => text.includes('"level":"error"')).length
}
