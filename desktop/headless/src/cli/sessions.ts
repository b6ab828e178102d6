import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openSettings, type Settings } from '@wrale/host'
import { z } from 'zod'
import { sessionsFile } from './paths.ts'

const sessionsSchema = z.object({
  /** By origin of the station. */
  sessions: z.record(z.string(), z.object({ cookie: z.string().max(512), expiresAt: z.iso.datetime() })).default({}),
})

/** The Cookie header for a station that was signed in to, or undefined. */
export async function sessionFor(origin: string): Promise<string | undefined> {
  const session = (await open()).data.sessions[origin]
  return session === undefined || Date.parse(session.expiresAt) <= Date.now() ? undefined : session.cookie
}

/** Keeps a session, in a file that only its owner can read; sessions whose time is over are left out. */
export async function keepSession(origin: string, cookie: string, expiresAt: string): Promise<void> {
  const settings = await open()
  await settings.update((data) => {
    const good = Object.entries(data.sessions).filter(([, session]) => Date.parse(session.expiresAt) > Date.now())
    data.sessions = { ...Object.fromEntries(good), [origin]: { cookie, expiresAt } }
  })
}

async function open(): Promise<Settings<z.output<typeof sessionsSchema>>> {
  const file = sessionsFile()
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  return openSettings(file, sessionsSchema)
}
