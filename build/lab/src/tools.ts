import { FleetError } from '@wrale/kernel'
import { execFile, type ExecFileException, spawnSync } from 'node:child_process'

/** Longest that a network tool may take; they answer in milliseconds, but a machine under test can be busy. */
const timeoutMs = 15_000
const maxBuffer = 16 * 1024 * 1024

/** Runs `ip` or `nft` with its commands on standard input, if any, and gives what it printed. */
export async function runTool(command: string, args: readonly string[], input?: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const child = execFile(command, args, { timeout: timeoutMs, maxBuffer }, (error, stdout, stderr) => {
    if (error === null) resolve(stdout)
    else reject(toolFailed(command, args, stderr, error))
  })
  // A tool that ends before it has read everything is reported by its exit code, not by its broken pipe.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(input ?? '')
  return await promise
}

/** As {@link runTool}, for the places that cannot wait: the end of a process, and a question asked while a file is loaded. */
export function runToolSync(command: string, args: readonly string[], input?: string): string {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: timeoutMs, maxBuffer, input: input ?? '' })
  if (done.error !== undefined) throw toolFailed(command, args, done.stderr, done.error)
  if (done.status !== 0) throw toolFailed(command, args, done.stderr, undefined)
  return done.stdout
}

function toolFailed(
  command: string,
  args: readonly string[],
  stderr: string | null,
  cause: ExecFileException | Error | undefined,
): FleetError {
  const said = (stderr ?? '').trim().slice(0, 500) || cause?.message || 'no message'
  return new FleetError('INTERNAL', `${command} ${args.join(' ')} failed: ${said}`, { command }, { cause })
}
