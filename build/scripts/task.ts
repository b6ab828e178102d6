import { dirname } from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { exitCodeOf, FleetError } from '@wrale/kernel'

/** The checkout that these scripts belong to. */
export const ROOT = dirname(dirname(import.meta.dirname))

/**
 * Runs the body of a task and sets the exit code: what the body resolves to, or the code of its failure, which is
 * printed as one line. A failure without a code is a defect here, so it keeps its stack.
 */
export async function runTask(body: (args: string[]) => Promise<number>): Promise<void> {
  try {
    process.exitCode = await body(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof FleetError ? `wrale: ${error.code}: ${error.message}` : inspect(error)}\n`)
    process.exitCode = exitCodeOf(error)
  }
}

function inspect(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** `parseArgs` whose complaints are usage errors. */
export function parseTaskArgs<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    const [sentence = 'bad arguments'] = error instanceof Error ? error.message.split('. ') : []
    throw new FleetError('USAGE', sentence, {}, { cause: error })
  }
}
