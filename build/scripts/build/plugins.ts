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
