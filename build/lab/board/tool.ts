import { execFile } from 'node:child_process'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { FleetError } from '@wrale/kernel'

const execute = promisify(execFile)

const LIMIT_MS = 5 * 60_000
const OUTPUT_BYTES = 256 * 1024 * 1024
const QUOTED_CHARS = 2000

/**
 * Runs a program of this system to its end.
 * @returns what it wrote on stdout
 * @throws {FleetError} UNAVAILABLE with the end of what it wrote when it fails, does not exist, or takes longer than five minutes
 */
export async function tool(command: string, args: readonly string[], cwd?: string): Promise<Buffer> {
  try {
    const options = { cwd, timeout: LIMIT_MS, maxBuffer: OUTPUT_BYTES, encoding: 'buffer' } as const
    return (await execute(command, [...args], options)).stdout
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: Buffer }
    const said = (stderr?.toString() || message).trim().slice(-QUOTED_CHARS)
    throw new FleetError('UNAVAILABLE', `${basename(command)} failed: ${said}`, {}, { cause: error })
  }
}
