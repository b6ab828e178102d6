import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * Modules of Node that are better asked for at run time than imported. `node:sqlite`, because older Nodes do not have it: the import
 * would fail before the guard can speak. `http`, because importing it as an ES module reads all its exports, and one of them,
 * WebSocket, loads a second HTTP stack: 5 to 12 MB of memory (measured).
 */
const LATE_BUILTINS = /^(node:sqlite|(node:)?https?)$/

/** Turns the import of a late module into a call at run time. */
export const lateBuiltins: Plugin = {
  name: 'late-builtins',
  setup(build) {
    build.onResolve({ filter: LATE_BUILTINS }, ({ path }) => ({ path, namespace: 'late-builtin' }))
    build.onLoad({ filter: LATE_BUILTINS, namespace: 'late-builtin' }, ({ path }) => ({
      // CommonJS, because its exports need not be listed.
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

/** Leaves out zod's messages in fifty languages that nothing here asks for: 300 KiB of file, 1 MB of memory. */
export const englishOnly: Plugin = {
  name: 'english-only',
  setup(build) {
    build.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}

/** Encrypts small frames with Node's own ciphers in place of WebAssembly; why is said there. */
export const nativeCiphers: Plugin = {
  name: 'native-ciphers',
  setup(build) {
    const path = join(import.meta.dirname, 'native-ciphers.mjs')
    build.onResolve({ filter: /^@chainsafe\/as-(chacha20poly1305|sha256)$/ }, () => ({ path }))
  },
}

/**
 * Escapes what is not ASCII where the bundler does not, in regular expressions. With one such character in it, Node keeps the
 * whole text of the bundle with two bytes a character: 2 MB of memory for a degree sign.
 */
export const asciiOnly: Plugin = {
  name: 'ascii-only',
  setup(build) {
    build.onLoad({ filter: /[/\\]systeminformation[/\\]lib[/\\]\w+\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(
        /[\u0080-\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    }))
  },
}
