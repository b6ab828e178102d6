import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = import.meta.dirname

async function sources(): Promise<{ readonly file: string; readonly text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(files.map(async (file) => ({ file: relative(folder, file), text: await readFile(file, 'utf8') })))
}

/** Imports that stay in the program when its types are gone, in any of their forms. */
const loadsElectron =
  /(?:^|\n)\s*(?:import|export)\s+(?!type\b)[^;\n'"]*(?:\{[^}]*\}[^;\n'"]*)?['"]electron(?:\/[a-z]+)?['"]|(?:import|require)\s*\(\s*['"`]electron/

describe('the sources of the shell', () => {
  it('load Electron in the two files that run inside it, and nowhere else', async () => {
    const loading = (await sources()).filter(
      ({ file, text }) => file !== 'source-guard.test.ts' && loadsElectron.test(text),
    )
    expect(loading.map(({ file }) => file).toSorted()).toEqual(['main.ts', 'preload.ts'])
  })

  it.each([
    ["import { app } from 'electron'", true],
    ["import electron from 'electron'", true],
    ["import {\n  app,\n  dialog,\n} from 'electron'", true],
    ["import { app } from 'electron/main'", true],
    ["import 'electron'", true],
    ["export { app } from 'electron'", true],
    ["await import('electron')", true],
    ["require('electron')", true],
    ["import type { App } from 'electron'", false],
    ["import type {\n  App,\n} from 'electron'", false],
    ["import { createLogger } from '@wrale/host'", false],
  ])('are read right: %j', (text, loads) => {
    expect(loadsElectron.test(text)).toBe(loads)
  })

  it('never lower a protection', async () => {
    const lowering =
      /contextBridge|setCertificateVerifyProc|certificate-error|ignore-certificate-errors|openExternal\(|executeJavaScript|insertCSS|ipcMain|bypassCSP: true|nodeIntegration\w*: true|(sandbox|contextIsolation|webSecurity): false/
    const found = (await sources()).filter(
      ({ file, text }) => !file.endsWith('.test.ts') && lowering.test(text.replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, '')),
    )
    expect(found.map(({ file }) => file)).toEqual([])
  })
})
