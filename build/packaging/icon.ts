/**
 * Draws `icon.png` from `icon.svg` with headless Chromium, which the browser tests need anyway: `node build/packaging/icon.ts`.
 * electron-builder makes the icons of every system from this one picture.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const file = (name: string): string => join(import.meta.dirname, name)

await promisify(execFile)(process.env['CHROMIUM'] ?? 'chromium', [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--hide-scrollbars',
  '--window-size=1024,1024',
  '--default-background-color=00000000',
  `--screenshot=${file('icon.png')}`,
  pathToFileURL(file('icon.svg')).href,
])
