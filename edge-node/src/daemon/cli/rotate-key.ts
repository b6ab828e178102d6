import { createLogger, loadIdentity, openStateDirectory, softwareVersion } from '@wrale/host'
import { FleetError, systemClock } from '@wrale/kernel'
import { enrol } from '@wrale/mesh'
import { KeyChange } from '../../features/membership/key-change.ts'
import { MembershipStore } from '../../features/membership/store.ts'
import { overridesOf, type RunFlags } from '../config/flags.ts'
import { loadConfig } from '../config/load.ts'
import { identityFile } from '../paths.ts'
import { type CommonOptions, print, printJson, programName, stateDirectoryOf } from './common.ts'

export interface RotateKeyOptions extends CommonOptions, Pick<RunFlags, 'listen' | 'peer' | 'mdns'> {
  readonly config?: string
}

/** How long a station is looked for, ms. */
const patienceMs = 60_000

/**
 * `wrale-edge rotate-key`: the node makes a new key, and a station gives it the place of the old one: name, labels, groups. The old key is put out.
 * Interrupted at any point, it can be run again.
 */
export async function rotateKey(options: RotateKeyOptions): Promise<void> {
  const { config } = await loadConfig(options.config, overridesOf(options))
  const directory = await openStateDirectory(stateDirectoryOf(options))
  try {
    const change = new KeyChange(directory, identityFile)
    await change.finish()
    const old = await loadIdentity(directory.file(identityFile))
    const held = old === undefined ? undefined : await new MembershipStore(directory).peek(old.id)
    if (old === undefined || held === undefined)
      throw new FleetError('CONFLICT', 'this node is not a member of a fleet: there is no key to change')
    const identity = await change.nextIdentity()
    const { name } = held.certificate
    const membership = await enrol(
      { identity, logger: createLogger({ name: programName, level: 'warn' }), clock: systemClock },
      {
        token: { fleet: held.fleet, old, certificate: held.certificate },
        name,
        software: softwareVersion,
        listen: config.listen,
        peers: config.peers,
        mdns: config.mdns,
        signal: AbortSignal.timeout(patienceMs),
      },
    )
    await change.take(membership)
    if (options.json === true) printJson({ outcome: 'rotated', old: old.id, id: identity.id })
    else print(`${name} has a new key: ${identity.id}. The old one is put out. Start the daemon again.`)
  } finally {
    await directory.release()
  }
}
