import { FleetError } from '@wrale/kernel'
import { loadIdentity, openStateDirectory } from '@wrale/host'
import { decodeJoinToken } from '@wrale/protocol/membership'
import { MembershipStore } from '../../features/membership/store.ts'
import { identityFile } from '../paths.ts'
import { askDaemon, type CommonOptions, print, printJson, readToken, stateDirectoryOf } from './common.ts'

/** `wrale-edge join`: gives the token to the running daemon, or keeps it for the next one. */
export async function join(argument: string, options: CommonOptions): Promise<void> {
  const token = await readToken(argument)
  const stateDirectory = stateDirectoryOf(options)
  try {
    await askDaemon(stateDirectory, 'join', { token })
    say(options, 'joining', 'The daemon is joining the fleet; `wrale-edge status` shows when it is a member.')
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'NOT_RUNNING') throw error
    await keepForLater(stateDirectory, token)
    say(options, 'kept', 'The token is kept; the daemon will join the fleet when it runs.')
  }
}

async function keepForLater(stateDirectory: string, token: string): Promise<void> {
  const directory = await openStateDirectory(stateDirectory)
  try {
    const store = new MembershipStore(directory)
    const identity = await loadIdentity(directory.file(identityFile))
    const membership = identity === undefined ? undefined : (await store.load(identity.id)).membership
    if (membership !== undefined) {
      const same = membership.fleet === decodeJoinToken(token).fleet
      const which = same ? 'this fleet already' : 'another fleet; `wrale-edge reset` makes it forget that'
      throw new FleetError('CONFLICT', `this node is a member of ${which}`)
    }
    await store.keepToken(token)
  } finally {
    await directory.release()
  }
}

function say(options: CommonOptions, outcome: 'joining' | 'kept', text: string): void {
  if (options.json === true) printJson({ outcome })
  else print(text)
}
