import { systemClock } from '@wrale/kernel'
import {
  createLogger,
  loadOrCreateIdentity,
  openStateDirectory,
  reportAndExit,
  runDaemon,
  type RunningDaemon,
} from '@wrale/host'
import { KeyChange } from '../../features/membership/key-change.ts'
import { compose, type EdgeOptions } from '../compose.ts'
import { overridesOf, type RunFlags } from '../config/flags.ts'
import { type LoadedConfig, loadConfig, systemConfigFile } from '../config/load.ts'
import { membershipFile } from '../../features/membership/store.ts'
import { identityFile } from '../paths.ts'
import { type CommonOptions, programName, readToken, stateDirectoryOf } from './common.ts'

export interface RunOptions extends RunFlags, Omit<CommonOptions, 'json'> {
  readonly config?: string
  /** TOKEN or @FILE. */
  readonly join?: string
}

/** A node must be able to go when its power is about to: an orderly stop takes no longer than this, ms. */
const stopTimeoutMs = 1800

/** `wrale-edge run`: the daemon, until it is told to stop. */
export async function run(options: RunOptions): Promise<never> {
  const load = (): Promise<LoadedConfig> => loadConfig(options.config, overridesOf(options))
  const loaded = await load()
  const joinWith = options.join === undefined ? undefined : await readToken(options.join)
  return runDaemon({
    name: programName,
    stopTimeoutMs,
    reloads: true,
    start: () => start(stateDirectoryOf(options), loaded, { load, file: options.config ?? systemConfigFile }, joinWith),
  })
}

async function start(
  path: string,
  { config, file }: LoadedConfig,
  reload: EdgeOptions['reload'],
  joinWith: string | undefined,
): Promise<RunningDaemon> {
  const logger = createLogger({ name: programName, level: config.log.level })
  const directory = await openStateDirectory(path)
  try {
    await new KeyChange(directory, identityFile).finish()
    const identity = await loadOrCreateIdentity(directory.file(identityFile), [directory.file(membershipFile)])
    const failed = (error: unknown): never => reportAndExit(programName, error)
    const edge = compose(
      { directory, identity, clock: systemClock, logger, failed, machineOff },
      { config, configFile: file, reload, joinWith },
    )
    await edge.start()
    const { view } = edge
    logger.info('running', {
      id: view.id,
      nodeName: view.name(),
      version: view.software,
      simulated: view.simulated,
      http: view.http(),
    })
    return {
      async stop() {
        await edge.stop()
        await directory.release()
        logger.info('stopped')
      },
    }
  } catch (error) {
    await directory.release()
    throw error
  }
}

/** A simulated machine that goes off takes its daemon along: told to stop when it is shut down, and gone at once when it loses its power. */
function machineOff(isOrderly: boolean): void {
  process.kill(process.pid, isOrderly ? 'SIGTERM' : 'SIGKILL')
}
