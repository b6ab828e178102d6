import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, storageError, writeFileAtomic } from '@wrale/host'
import { FleetError } from '@wrale/kernel'
import { z } from 'zod'

/** `station.json` in the state folder: how programs of the same machine find the running station. */
const announcementSchema = z.object({ pid: z.number().int().min(1), url: z.url({ protocol: /^https?$/ }) })
export type Announcement = z.infer<typeof announcementSchema>

const fileIn = (stateDirectory: string): string => join(stateDirectory, 'station.json')

export async function announce(stateDirectory: string, url: string): Promise<void> {
  const text = JSON.stringify({ pid: process.pid, url } satisfies Announcement)
  await writeFileAtomic(fileIn(stateDirectory), `${text}\n`, { mode: 0o600 })
}

export async function withdraw(stateDirectory: string): Promise<void> {
  await rm(fileIn(stateDirectory), { force: true })
}

/** @throws FleetError NOT_RUNNING when no station announced itself there, STATE_DIR_FORBIDDEN */
export async function readAnnouncement(stateDirectory: string): Promise<Announcement> {
  let text: string
  try {
    text = await readFile(fileIn(stateDirectory), 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw notRunning(stateDirectory)
    throw storageError(error, fileIn(stateDirectory))
  }
  try {
    return announcementSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new FleetError(
      'STATE_DAMAGED',
      `${fileIn(stateDirectory)} is not what a station writes`,
      {},
      { cause: error },
    )
  }
}

export function notRunning(stateDirectory: string): FleetError {
  return new FleetError('NOT_RUNNING', `no station is running on ${stateDirectory}: start one with "wrale station"`)
}
