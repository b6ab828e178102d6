/**
 * Chromium switches that a person or a desktop may need to give: display, graphics, language, accessibility. All others are refused by
 * the packaged app, above all those that open it to others (remote debugging) or lower its guard (web security, loading extensions).
 */
const harmlessSwitches: ReadonlySet<string> = new Set([
  'class',
  'disable-dev-shm-usage',
  'disable-gpu',
  'disable-gpu-compositing',
  'disable-software-rasterizer',
  'enable-logging',
  'force-color-profile',
  'force-device-scale-factor',
  'force-renderer-accessibility',
  'lang',
  'log-level',
  // AppImages add it by themselves on systems without user namespaces, where the app would not start otherwise.
  'no-sandbox',
  'ozone-platform',
  'ozone-platform-hint',
  'password-store',
  'use-angle',
  'use-gl',
])

/** Switches with which developers and test tools drive an app that is not packaged. */
const developmentSwitches: ReadonlySet<string> = new Set([
  'inspect',
  'inspect-brk',
  'remote-debugging-port',
  'trace-warnings',
])

export interface CommandLineOptions {
  readonly packaged: boolean
}

/**
 * The part of a process's arguments that is meant for the station: without the executable, without the app's path where Electron runs
 * an unpacked app, and without harmless switches of Chromium. What is left over makes the flag parser complain.
 */
export function argumentsForStation(argv: readonly string[], options: CommandLineOptions): string[] {
  const [, ...given] = argv
  const rest = given.filter((argument) => !isPassedOver(argument, options))
  if (options.packaged) return rest
  const appPath = rest.findIndex((argument) => !argument.startsWith('-'))
  return rest.toSpliced(appPath, appPath === -1 ? 0 : 1)
}

function isPassedOver(argument: string, { packaged }: CommandLineOptions): boolean {
  const name = /^--([a-z0-9-]+)(=|$)/.exec(argument)?.[1]
  if (name === undefined) return false
  return harmlessSwitches.has(name) || (!packaged && developmentSwitches.has(name))
}
