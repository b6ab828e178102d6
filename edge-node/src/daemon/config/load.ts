import { type NodeConfig, nodeConfigSchema } from './schema.ts'
import { type ConfigText, readConfigFiles } from './files.ts'
import { ConfigError } from './problems.ts'

export const systemConfigFile = '/etc/wrale/edge.yaml'

/** What the command line says in place of the files. What is left out is as the files have it. */
export type ConfigOverrides = Partial<Pick<NodeConfig, 'name' | 'metal' | 'listen' | 'peers' | 'mdns' | 'http'>>

export interface LoadedConfig {
  readonly config: NodeConfig
  /** Main file that it came from; null when there is none. */
  readonly file: string | null
  /** Every file that it came from, in the order in which they count; later ones change what earlier ones say. */
  readonly files: readonly string[]
}

/**
 * The node's configuration: the defaults, over them the main file, over it the parts in `conf.d` beside it by name, each as a merge patch
 * (RFC 7396), over them the command line.
 * @param file the file that was asked for, which must exist; without it, the system's file where there is one
 * @throws ConfigError (CONFIG_INVALID) with everything that is wrong, each with file, line, column and path
 */
export async function loadConfig(file: string | undefined, overrides: ConfigOverrides = {}): Promise<LoadedConfig> {
  const path = file ?? systemConfigFile
  const { problems, texts } = await readConfigFiles(path, file !== undefined)
  // Most nodes have no file: those do not load the parser.
  if (texts.length === 0 && problems.length > 0) throw new ConfigError(problems)
  const config =
    texts.length === 0
      ? nodeConfigSchema.parse({})
      : (await import('./assemble.ts')).assemble(mainFirst(texts, path), problems)
  const files = texts.map((text) => text.file)
  return { config: { ...config, ...overrides }, file: files.includes(path) ? path : null, files }
}

/** Without a main file the parts are patches on nothing. */
function mainFirst(texts: readonly ConfigText[], path: string): readonly ConfigText[] {
  return texts[0]?.file === path ? texts : [{ file: path, text: '' }, ...texts]
}
