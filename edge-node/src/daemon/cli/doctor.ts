import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { FleetError } from '@wrale/kernel'
import type { StatusReport } from '../control/report.ts'
import type { Check } from '../doctor/check.ts'
import { checkConfiguration, checkDaemon, checkMembership, checkPeers, checkStateDirectory } from '../doctor/daemon.ts'
import { describeTest, examineMachine } from '../doctor/self-test.ts'
import { checkClock, checkMulticast, checkNetwork, checkNode } from '../doctor/machine.ts'
import { askStatus, type CommonOptions, print, printJson, stateDirectoryOf } from './common.ts'

export interface DoctorOptions extends CommonOptions {
  readonly quick?: boolean
}

/**
 * `wrale-edge doctor`: looks at everything that the daemon needs, and has a daemon that runs test its machine. Exit code 1 when something
 * must be mended.
 */
export async function doctor(options: DoctorOptions): Promise<void> {
  const path = resolve(stateDirectoryOf(options))
  const { report, problem } = await ask(path)
  const machine = report === undefined || options.quick === true ? undefined : await examineMachine(path)
  const checks: Check[] = [
    checkNode(process.versions.node),
    await checkConfiguration(report?.configFile ?? undefined),
    await checkStateDirectory(path),
    checkClock(Date.now()),
    checkNetwork(networkInterfaces()),
    await checkMulticast('/proc'),
    checkDaemon(report, problem),
    await checkMembership(report, { file: (name) => join(path, name) }),
    ...(report === undefined ? [] : [checkPeers(report)]),
    ...(machine === undefined ? [] : [machine.check]),
  ]
  const failed = checks.some(({ status }) => status === 'fail')
  const tests = machine?.results ?? []
  if (options.json === true) printJson({ ok: !failed, checks, tests })
  else print([...checks.map(describe), ...(tests.length === 0 ? [] : ['', ...tests.map(describeTest)])].join('\n'))
  if (failed) process.exitCode = 1
}

async function ask(path: string): Promise<{ report?: StatusReport; problem?: FleetError }> {
  try {
    return { report: await askStatus(path) }
  } catch (error) {
    if (error instanceof FleetError) return { problem: error }
    throw error
  }
}

function describe({ name, status, detail, hint }: Check): string {
  const line = `${status.padEnd(5)} ${name}: ${detail}`
  return hint === undefined ? line : `${line}\n      ${hint}`
}
