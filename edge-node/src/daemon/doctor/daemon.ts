import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type FleetError, toFleetError } from '@wrale/kernel'
import { errnoOf, loadIdentity, type StateDirectory } from '@wrale/host'
import { MembershipStore } from '../../features/membership/store.ts'
import { loadConfig } from '../config/load.ts'
import type { StatusReport } from '../control/report.ts'
import { identityFile } from '../paths.ts'
import { type Check, fail, pass, warn } from './check.ts'

const lowBytes = 200e6
const tooLowBytes = 10e6

export async function checkConfiguration(file: string | undefined): Promise<Check> {
  try {
    const loaded = await loadConfig(file)
    return pass('configuration', loaded.files.join(', ') || 'none; the defaults hold')
  } catch (error) {
    return fail('configuration', toFleetError(error).message, 'correct the file; the daemon does not start with it')
  }
}

/** Whether the folder, or the nearest folder above one that is still to be made, can be written. */
export async function checkStateDirectory(path: string): Promise<Check> {
  const name = 'state-folder'
  try {
    if (!(await stat(path)).isDirectory())
      return fail(name, `${path} is not a folder`, 'name another one with --state-dir')
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
    return await checkRoom(name, path)
  } catch (error) {
    const parent = dirname(path)
    if (errnoOf(error) === 'ENOENT' && parent !== path) {
      const above = await checkStateDirectory(parent)
      return above.status === 'pass' ? pass(name, `${path} will be made`) : above
    }
    return fail(
      name,
      `${path} cannot be written (${errnoOf(error) ?? 'unknown reason'})`,
      'correct its owner and mode, or name another with --state-dir',
    )
  }
}

async function checkRoom(name: string, path: string): Promise<Check> {
  const { bavail, bsize } = await statfs(path)
  const free = bavail * bsize
  const detail = `${path}, ${Math.round(free / 1e6)} MB free`
  if (free < tooLowBytes) return fail(name, detail, 'make room: the daemon cannot store what it must')
  return free < lowBytes ? warn(name, detail, 'make room before the disk is full') : pass(name, detail)
}

/** From the daemon where it runs, else from what it stored. */
export async function checkMembership(
  report: StatusReport | undefined,
  directory: Pick<StateDirectory, 'file'>,
): Promise<Check> {
  const name = 'membership'
  const hint = 'enter its claim code at a station, or make a join token there and run `wrale-edge join TOKEN`'
  if (report !== undefined) {
    const { membership } = report
    if (membership.standing === 'member') return pass(name, `${membership.fleetName}, as ${membership.name}`)
    if (membership.standing === 'enrolling')
      return warn(
        name,
        'joining, but no station has answered yet',
        'is a station of the fleet running on this network?',
      )
    if (membership.standing === 'revoked')
      return fail(
        name,
        `put out of ${membership.fleetName}${membership.reason === null ? '' : `: ${membership.reason}`}`,
        '`wrale-edge reset --new-identity` lets it join as somebody new',
      )
    const refused = membership.refused
    return refused === undefined
      ? warn(name, 'not a member of a fleet', hint)
      : warn(name, `refused: ${refused.code}: ${refused.message}`, hint)
  }
  try {
    const identity = await loadIdentity(directory.file(identityFile))
    const stored = identity === undefined ? undefined : await new MembershipStore(directory).peek(identity.id)
    return stored === undefined ? warn(name, 'not a member of a fleet', hint) : pass(name, stored.certificate.fleetName)
  } catch (error) {
    return fail(name, toFleetError(error).message, '`wrale-edge reset --new-identity` begins anew')
  }
}

export function checkDaemon(report: StatusReport | undefined, problem: FleetError | undefined): Check {
  if (report !== undefined) return pass('daemon', `running, pid ${report.pid}, version ${report.software}`)
  if (problem === undefined || problem.code === 'NOT_RUNNING')
    return warn('daemon', 'not running on this state folder', 'start it with `wrale-edge run`')
  return fail('daemon', `${problem.code}: ${problem.message}`, 'restart the daemon')
}

/** Asked only where the daemon runs. */
export function checkPeers(report: StatusReport): Check {
  const { membership, peers } = report
  if (peers.length > 0)
    return pass(
      'peers',
      `linked to ${peers.length}: ${peers
        .slice(0, 4)
        .map((peer) => peer.name)
        .join(', ')}`,
    )
  const hint =
    membership.standing === 'member'
      ? 'are other members on this network, and does it pass multicast? else name one with --peer'
      : 'a node finds peers when it is a member'
  return warn('peers', 'linked to nobody', hint)
}
