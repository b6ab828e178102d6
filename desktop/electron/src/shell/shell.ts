import { join } from 'node:path'
import { type Clock, exitCodeOf, type FleetError, type Logger, toFleetError } from '@wrale/kernel'
import type { ShellHost } from '../host.ts'
import { createPageHandler } from '../pages/handler.ts'
import { appScheme, appUrl, failureUrl, isAppPage, privilegedScheme } from '../pages/scheme.ts'
import { openSite } from '../pages/site.ts'
import { parseStationFlags, stationArguments } from '../station/flags.ts'
import { RestartBudget } from '../station/restart-budget.ts'
import { StationSupervisor, type SupervisorOptions } from '../station/supervisor.ts'
import { WindowLink } from '../station/window-link.ts'
import { type AppWindow, openAppWindow, raise } from './app-window.ts'
import { argumentsForStation } from './command-line.ts'
import { menuTemplate } from './menu.ts'
import { guardAllContents } from './navigation.ts'
import { lockSession } from './session-lock.ts'
import { recoverWindow } from './window-recovery.ts'

export interface ShellDeps {
  readonly host: ShellHost
  readonly clock: Clock
  readonly logger: Logger
}

export interface ShellOptions {
  /** Arguments of the process, with the executable. */
  readonly argv: readonly string[]
  readonly platform: NodeJS.Platform
  /** Absolute paths of the built parts. */
  readonly files: { readonly preload: string; readonly brainHost: string; readonly renderer: string }
  readonly supervisor?: SupervisorOptions
}

/** Same as `appId` in electron-builder.yml: Windows groups windows and notifications by it. */
const appId = 'com.wrale.fleet'

/**
 * Runs the desktop app. The first part must happen before Electron is ready, so nothing is awaited before it.
 * @returns when the window was asked for; the app then lives until it is quit
 */
export async function runShell(deps: ShellDeps, options: ShellOptions): Promise<void> {
  const { app, protocol } = deps.host
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([privilegedScheme])
  guardAllContents(app, deps.logger)
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  try {
    const stationArgs = argumentsOf(app, options)
    app.setAppUserModelId(appId)
    await app.whenReady()
    await start(deps, options, stationArgs)
  } catch (error) {
    fail(deps, toFleetError(error))
  }
}

function argumentsOf(app: ShellHost['app'], options: ShellOptions): string[] {
  const flags = parseStationFlags(argumentsForStation(options.argv, { packaged: app.isPackaged }))
  return stationArguments({ stateDir: join(app.getPath('userData'), 'station'), ...flags })
}

function fail({ host, logger }: ShellDeps, error: FleetError): void {
  logger.error('the app cannot start', { error })
  host.dialog.showErrorBox('Wrale Fleet cannot start', `${error.message}\n\nCode ${error.code}`)
  host.app.exit(exitCodeOf(error))
}

async function start(deps: ShellDeps, options: ShellOptions, stationArgs: string[]): Promise<void> {
  const { host, clock, logger } = deps
  const { app, utilityProcess } = host
  const devTools = !app.isPackaged
  let failure: FleetError | undefined

  const site = await openSite(options.files.renderer)
  host.protocol.handle(appScheme, createPageHandler({ site, failure: () => failure }))
  lockSession(host.session.defaultSession, logger, { devTools })
  host.Menu.setApplicationMenu(host.Menu.buildFromTemplate(menuTemplate({ platform: options.platform, devTools })))

  const spawn = () => utilityProcess.fork(options.files.brainHost, stationArgs, { serviceName: 'Wrale station' })
  const station = new StationSupervisor({ spawn, clock, logger }, options.supervisor)
  const window = openAppWindow(host.BrowserWindow, {
    preload: options.files.preload,
    devTools,
    dark: host.nativeTheme.shouldUseDarkColors,
  })
  const { webContents: contents } = window
  const show = (url: string): void => {
    window.loadURL(url).catch((error: unknown) => logger.warn('page not shown', { error }))
  }
  const showFailure = (error: FleetError): void => {
    failure = error
    if (!window.isDestroyed()) show(failureUrl)
  }

  const newChannel = () => new host.MessageChannelMain()
  const link = new WindowLink({ station, contents, newChannel, clock, logger })
  const stopRecovery = recoverWindow({
    contents,
    reload: () => show(appUrl),
    giveUp: showFailure,
    budget: new RestartBudget(),
    clock,
    logger,
  })
  station.changed.subscribe((state) => {
    if (state.phase === 'failed') showFailure(state.error)
  })
  // A person who asks for the app again, from the failure page or by reloading, wants another try.
  contents.on('did-finish-load', () => {
    if (!isAppPage(contents.getURL())) return
    failure = undefined
    if (station.state.phase === 'failed') void station.start()
  })

  quitInOrder(deps, window, async () => {
    stopRecovery()
    link.close()
    await station.stop()
  })
  await station.start()
  show(appUrl)
}

/** Closing the window ends the app, and the app ends only when the station has stopped in order. */
function quitInOrder({ host, logger }: ShellDeps, window: AppWindow, stop: () => Promise<void>): void {
  const { app } = host
  app.on('second-instance', () => raise(window))
  app.on('window-all-closed', () => app.quit())
  let stopping = false
  app.on('will-quit', (event) => {
    event.preventDefault()
    if (stopping) return
    stopping = true
    void stop()
      .catch((error: unknown) => logger.error('the station did not stop in order', { error }))
      .finally(() => app.exit(0))
  })
}
