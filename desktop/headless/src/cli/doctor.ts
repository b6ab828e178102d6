import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isStateDirectoryInUse } from '@wrale/host'
import { FleetError, toFleetError } from '@wrale/kernel'
import { findWebRoot } from '../http/web.ts'
import { readAnnouncement } from './announcement.ts'
import { type StationChoice, withStation } from './connect.ts'
import { countLine } from './node-table.ts'
import { defaultStateDirectory } from './paths.ts'
import { type OutputForm, painter, printData, type Terminal } from './print.ts'

interface Finding {
  readonly check: string
  readonly result: 'ok' | 'warn' | 'fail'
  readonly message: string
}

/** Looks at what a station needs and says what is wrong. @throws FleetError UNAVAILABLE when something is */
export async function doctor(terminal: Terminal, choice: StationChoice, form: OutputForm): Promise<void> {
  const findings = await examine(choice)
  const paint = painter(terminal.out)
  const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const
  printData(terminal, form, { items: findings }, () =>
    findings
      .map(
        ({ check, result, message }) => `${paint(colours[result], result.padEnd(4))}  ${check.padEnd(14)}  ${message}`,
      )
      .join('\n'),
  )
  const bad = findings.filter(({ result }) => result === 'fail').length
  if (bad > 0) throw new FleetError('UNAVAILABLE', `${bad} of ${findings.length} checks failed`)
}

async function examine(choice: StationChoice): Promise<Finding[]> {
  const findings: Finding[] = [runtime(), webUi()]
  if (choice.server === undefined) {
    const folder = choice.stateDir ?? defaultStateDirectory()
    findings.push(
      await finding('state folder', () => stateFolder(folder)),
      await finding('station', () => announced(folder)),
    )
  }
  findings.push(...(await fleet(choice)))
  return findings
}

function runtime(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  const message = `Node ${process.versions.node}`
  return major >= 24
    ? ok('runtime', message)
    : { check: 'runtime', result: 'fail', message: `${message}: 24 or newer is needed` }
}

function webUi(): Finding {
  const root = findWebRoot()
  return root === undefined ? { check: 'web UI', result: 'warn', message: 'not built' } : ok('web UI', root)
}

async function stateFolder(folder: string): Promise<string> {
  const { mode } = await stat(join(folder, 'local.token'))
  if ((mode & 0o077) !== 0)
    throw new FleetError('FORBIDDEN', `${folder}/local.token can be read by others: chmod 600 it`)
  return folder
}

async function announced(folder: string): Promise<string> {
  const { pid, url } = await readAnnouncement(folder)
  if (!(await isStateDirectoryInUse(folder)))
    throw new FleetError('NOT_RUNNING', `the station (pid ${pid}) ended without saying so`)
  return `${url}, pid ${pid}`
}

async function fleet(choice: StationChoice): Promise<Finding[]> {
  try {
    return await withStation(choice, async ({ client }) => {
      const { name, station } = await client.fleet.get()
      const { items } = await client.nodes.list()
      const unwell = items.some(({ state }) => state !== 'ok')
      const link = `${station.link}, linked to ${station.peers} members`
      return [
        ok('fleet', name),
        station.link === 'up' ? ok('station link', link) : { check: 'station link', result: 'warn', message: link },
        { check: 'nodes', result: unwell ? 'warn' : 'ok', message: countLine(items) },
      ]
    })
  } catch (error) {
    return [failed('fleet', error)]
  }
}

async function finding(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return ok(check, await look())
  } catch (error) {
    return failed(check, error)
  }
}

function ok(check: string, message: string): Finding {
  return { check, result: 'ok', message }
}

function failed(check: string, error: unknown): Finding {
  const { code, message } = toFleetError(error)
  return { check, result: 'fail', message: `${code}: ${message}` }
}
