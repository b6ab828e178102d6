import type { Plugin } from 'esbuild'

/** Modules of Node that older ones do not have: imported the usual way, they would fail before the guard can speak. */
const LATE_BUILTINS = /^node:sqlite$/

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
