import { exitCodeOf, toFleetError } from '@wrale/kernel'

/** A failure as one line for people: `program: CODE: what happened`. */
export function reportLine(program: string, error: unknown): string {
  const { code, message } = toFleetError(error)
  return `${program}: ${code}: ${message.replace(/\s*\n\s*/g, ' ')}`
}

/** Prints the failure on stderr as one line and ends the process with the code's exit status. */
export function reportAndExit(program: string, error: unknown): never {
  process.stderr.write(`${reportLine(program, error)}\n`)
  process.exit(exitCodeOf(error))
}
