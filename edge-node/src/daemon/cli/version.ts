import { softwareVersion } from '@wrale/host'
import { type CommonOptions, print, printJson, programName } from './common.ts'

/** `wrale-edge version`. */
export function version(options: CommonOptions): void {
  const about = {
    name: programName,
    version: softwareVersion,
    node: process.versions.node,
    platform: process.platform,
    architecture: process.arch,
  }
  if (options.json === true) printJson(about)
  else print(`${about.name} ${about.version} (node ${about.node}, ${about.platform} ${about.architecture})`)
}
