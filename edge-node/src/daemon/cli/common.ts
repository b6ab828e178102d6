import { type FileHandle, open } from 'node:fs/promises'
import { FleetError } from '@wrale/kernel'
import { callControl, controlSocketPath, errnoOf } from '@wrale/host'
import { decodeJoinToken } from '@wrale/protocol/membership'
import type { z } from 'zod'
import type { controlRequests, ControlMethod } from '../control/server.ts'
import { type StatusReport, statusReportSchema } from '../control/report.ts'
import { defaultStateDirectory } from '../paths.ts'

export const programName = 'wrale-edge'

/** Options that every command takes. */
export interface CommonOptions {
  readonly stateDir?: string
  readonly json?: boolean
}

export function stateDirectoryOf(options: CommonOptions): string {
  return options.stateDir ?? defaultStateDirectory()
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/** Asks the daemon on a state folder. @throws FleetError NOT_RUNNING, and what the daemon answers with */
export function askDaemon<M extends ControlMethod>(
  stateDirectory: string,
  method: M,
  params: z.input<(typeof controlRequests)[M]>,
  options?: { readonly timeoutMs?: number },
): Promise<unknown> {
  return callControl(controlSocketPath(stateDirectory), method, params, options)
}

/** @throws FleetError NOT_RUNNING; PROTOCOL_MISMATCH when the daemon is of another version and its answer not understood */
export async function askStatus(stateDirectory: string): Promise<StatusReport> {
  const parsed = statusReportSchema.safeParse(await askDaemon(stateDirectory, 'status', null))
  if (parsed.success) return parsed.data
  throw new FleetError(
    'PROTOCOL_MISMATCH',
    'the daemon’s answer is not understood; is it of another version?',
    {},
    { cause: parsed.error },
  )
}

const maxTokenFileBytes = 4096

/**
 * A join token as it was typed, or from a file where it was typed as @FILE, which keeps it out of the process list.
 * @throws FleetError TOKEN_INVALID, or NOT_FOUND and FORBIDDEN for the file
 */
export async function readToken(argument: string): Promise<string> {
  const text = argument.startsWith('@') ? await readSmallFile(argument.slice(1)) : argument
  decodeJoinToken(text)
  return text
}

async function readSmallFile(path: string): Promise<string> {
  let file: FileHandle | undefined
  try {
    file = await open(path, 'r')
    const { bytesRead, buffer } = await file.read(Buffer.alloc(maxTokenFileBytes), 0, maxTokenFileBytes)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (error) {
    const reason = errnoOf(error)
    if (reason === 'ENOENT') throw new FleetError('NOT_FOUND', `there is no file ${path}`, { path }, { cause: error })
    throw new FleetError(
      'FORBIDDEN',
      `${path} cannot be read (${reason ?? 'unknown reason'})`,
      { path },
      { cause: error },
    )
  } finally {
    await file?.close()
  }
}
