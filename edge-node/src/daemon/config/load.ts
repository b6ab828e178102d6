import { readFile } from 'node:fs/promises'
import { FleetError } from '@wrale/kernel'
import { errnoOf } from '@wrale/host'
import { type EdgeConfig, edgeConfigSchema } from '@wrale/protocol/config'

export const systemConfigFile = '/etc/wrale/edge.yaml'

/** What the command line says in place of the file. What is left out is as the file has it. */
export type ConfigOverrides = Partial<Pick<EdgeConfig, 'name' | 'metal' | 'listen' | 'peers' | 'mdns' | 'http'>>

export interface LoadedConfig {
  readonly config: EdgeConfig
  /** File that it came from; null when there is none and the defaults hold. */
  readonly file: string | null
}

/**
 * The node's configuration: the defaults, over them the file, over it the command line.
 * @param file the file that was asked for, which must exist; without it, the system's file where there is one
 * @throws FleetError CONFIG_INVALID with file, line, column and path
 */
export async function loadConfig(file: string | undefined, overrides: ConfigOverrides = {}): Promise<LoadedConfig> {
  const path = file ?? systemConfigFile
  const text = await read(path, file !== undefined)
  // Most nodes have no file: those do not load the parser.
  const config =
    text === undefined
      ? edgeConfigSchema.parse({})
      : (await import('@wrale/host/yaml')).parseYaml(text, path, edgeConfigSchema)
  return { config: { ...config, ...overrides }, file: text === undefined ? null : path }
}

async function read(path: string, mustExist: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const reason = errnoOf(error)
    if (reason === 'ENOENT' && !mustExist) return undefined
    const words: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'no right to read it',
      EISDIR: 'it is a folder, not a file',
    }
    throw new FleetError(
      'CONFIG_INVALID',
      `${path}: ${words[reason ?? ''] ?? reason ?? 'cannot be read'}`,
      { file: path },
      { cause: error },
    )
  }
}
