import { FleetError } from '@wrale/kernel'
import type { ExitStatus, LabMachine, LabProcess } from '../src/index.ts'
import type { builtProgram } from './programs.ts'

/** How a command ended and what it printed. */
export interface CommandResult extends ExitStatus {
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end and keeps what it printed; TIMEOUT when it takes too long, after which it is killed. */
export async function runCommand(
  machine: LabMachine,
  words: ReturnType<typeof builtProgram>,
  timeoutMs: number,
): Promise<CommandResult> {
  const started = machine.spawn(words)
  const timer = setTimeout(() => void started.destroy(), timeoutMs)
  const status = await started.exit
  clearTimeout(timer)
  if (status.signal === 'SIGKILL')
    throw new FleetError('TIMEOUT', `${words.args.join(' ')} took more than ${timeoutMs} ms${started.quoteOutput()}`)
  const printed = (stream: 'stdout' | 'stderr'): string =>
    started.output
      .filter((line) => line.stream === stream)
      .map(({ text }) => `${text}\n`)
      .join('')
  return { ...status, stdout: printed('stdout'), stderr: printed('stderr') }
}

/** SIGTERM, and the exit status; TIMEOUT when it is still there after `timeoutMs`, and then it is killed. */
export async function stopProcess(running: LabProcess, timeoutMs: number): Promise<ExitStatus> {
  running.kill('SIGTERM')
  let overdue = false
  const timer = setTimeout(() => {
    overdue = true
    running.kill('SIGKILL')
  }, timeoutMs)
  const status = await running.exit
  clearTimeout(timer)
  if (overdue)
    throw new FleetError('TIMEOUT', `${running.label} did not stop within ${timeoutMs} ms${running.quoteOutput()}`)
  return status
}
