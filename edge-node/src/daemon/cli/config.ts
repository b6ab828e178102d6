import { nodeConfigJsonSchema } from '../config/schema.ts'
import { loadConfig } from '../config/load.ts'
import { print, printJson } from './common.ts'

export interface ConfigOptions {
  readonly config?: string
  readonly json?: boolean
}

/** `wrale-edge config check`: reads the configuration as `run` would. @throws ConfigError with all that is wrong */
export async function configCheck(options: ConfigOptions): Promise<void> {
  const { files } = await loadConfig(options.config)
  if (options.json === true) printJson({ ok: true, files })
  else print(files.length === 0 ? 'there is no configuration file; the defaults hold' : `good: ${files.join(', ')}`)
}

/** `wrale-edge config show`: the configuration that holds, defaults included, as JSON, which is YAML too. */
export async function configShow(options: ConfigOptions): Promise<void> {
  const { config } = await loadConfig(options.config)
  printJson(config)
}

/** `wrale-edge config schema`: the JSON Schema of edge.yaml. */
export function configSchema(): void {
  printJson(nodeConfigJsonSchema())
}
