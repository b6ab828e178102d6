import { open } from 'node:fs/promises'
import { errnoOf, storageError } from '@wrale/host'
import { FleetError } from '@wrale/kernel'

const maxBytes = 8192

/**
 * Text as it was typed, or from where it does not show in the list of processes: `@FILE`, or `-` for standard input.
 * @throws FleetError NOT_FOUND, STATE_DIR_FORBIDDEN for the file
 */
export async function typedOrRead(argument: string): Promise<string> {
  if (argument === '-') return readInput()
  return argument.startsWith('@') ? readSmallFile(argument.slice(1)) : argument
}

/** As `typedOrRead`, for what must never be typed as an argument. @throws FleetError USAGE */
export async function secretFrom(argument: string): Promise<string> {
  if (argument === '-' || argument.startsWith('@')) return typedOrRead(argument)
  throw new FleetError('USAGE', 'this is secret: give @FILE, or - for standard input, and nothing else')
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin) {
    const part = Buffer.from(chunk as Uint8Array)
    bytes += part.byteLength
    if (bytes > maxBytes) throw new FleetError('TOO_LARGE', `more than ${maxBytes} bytes on standard input`)
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function readSmallFile(path: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw new FleetError('NOT_FOUND', `there is no file ${path}`)
    throw storageError(error, path)
  }
}
