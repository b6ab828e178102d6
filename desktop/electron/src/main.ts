import { join } from 'node:path'
import {
  app,
  BrowserWindow,
  dialog,
  Menu,
  MessageChannelMain,
  nativeTheme,
  protocol,
  session,
  utilityProcess,
} from 'electron'
import { createLogger } from '@wrale/host'
import { systemClock } from '@wrale/kernel'
import { runShell } from './shell/shell.ts'

// Bundled to `dist/main.mjs`; the other parts lie beside it, and the pages beside the folder when packaged.
const here = import.meta.dirname
const renderer = app.isPackaged ? join(here, '../renderer') : join(here, '../../renderer/dist')

// Not awaited: Electron becomes ready only when this module has been evaluated, and the shell waits for that.
void runShell(
  {
    host: { app, BrowserWindow, dialog, Menu, MessageChannelMain, nativeTheme, protocol, session, utilityProcess },
    clock: systemClock,
    logger: createLogger({ name: 'wrale-desktop', level: 'info' }),
  },
  {
    argv: process.argv,
    platform: process.platform,
    files: { preload: join(here, 'preload.cjs'), brainHost: join(here, 'brain-host.mjs'), renderer },
  },
)
