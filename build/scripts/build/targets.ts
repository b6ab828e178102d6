/** What is built from what. Paths are from the repository's root. */

import { NODE_ARCHITECTURES, type Architecture } from './addons/toolchain.ts'

export interface BundleEntry {
  readonly entry: string
  readonly outfile: string
  readonly format: 'esm' | 'cjs'
}

export interface BundleTarget {
  readonly kind: 'bundle'
  readonly entries: readonly BundleEntry[]
  /** Modules that the runtime provides. */
  readonly external: readonly string[]
  /** Files that people start by name get a shebang and the mode 0755. */
  readonly executable: boolean
}

export interface WebTarget {
  readonly kind: 'web'
  readonly root: string
  readonly outdir: string
  /** Folders whose sources go into the pages. */
  readonly sources: readonly string[]
}

export interface CopyTarget {
  readonly kind: 'copy'
  readonly from: string
  readonly to: string
}

/** Packages with native parts, which no bundle can hold: they are put beside it with what they require. */
export interface AddonsTarget {
  readonly kind: 'addons'
  readonly packages: readonly string[]
  /** Processors to compile for besides this machine's own. */
  readonly architectures: readonly Architecture[]
  readonly outdir: string
}

export type Target = BundleTarget | WebTarget | CopyTarget | AddonsTarget
export type TargetName = 'edge' | 'edge-addons' | 'station' | 'web' | 'station-web' | 'electron'

export const TARGETS: Readonly<Record<TargetName, Target>> = {
  edge: {
    kind: 'bundle',
    entries: [{ entry: 'edge-node/src/daemon/main.ts', outfile: 'edge-node/dist/wrale-edge.mjs', format: 'esm' }],
    external: [],
    executable: true,
  },
  // The daemon asks for these at run time, from its own folder.
  'edge-addons': {
    kind: 'addons',
    packages: ['i2c-bus', 'onoff'],
    architectures: NODE_ARCHITECTURES,
    outdir: 'edge-node/dist/node_modules',
  },
  station: {
    kind: 'bundle',
    entries: [{ entry: 'desktop/headless/src/main.ts', outfile: 'desktop/headless/dist/wrale.mjs', format: 'esm' }],
    external: [],
    executable: true,
  },
  web: {
    kind: 'web',
    root: 'desktop/renderer',
    outdir: 'desktop/renderer/dist',
    sources: ['desktop/renderer', 'desktop/client/src', 'shared/protocol/src', 'shared/kernel/src'],
  },
  // `wrale station` serves the pages from the folder beside it, so that its dist folder can be moved as a whole.
  'station-web': { kind: 'copy', from: 'desktop/renderer/dist', to: 'desktop/headless/dist/web' },
  electron: {
    kind: 'bundle',
    entries: [
      { entry: 'desktop/electron/src/main.ts', outfile: 'desktop/electron/dist/main.mjs', format: 'esm' },
      // A sandboxed preload script cannot be an ES module.
      { entry: 'desktop/electron/src/preload.ts', outfile: 'desktop/electron/dist/preload.cjs', format: 'cjs' },
      { entry: 'desktop/electron/src/brain-host.ts', outfile: 'desktop/electron/dist/brain-host.mjs', format: 'esm' },
    ],
    external: ['electron'],
    executable: false,
  },
}

/** In an order in which each finds what it needs; those of one row do not depend on each other. */
export const TARGET_ROWS: readonly (readonly TargetName[])[] = [
  ['edge', 'edge-addons', 'station', 'electron', 'web'],
  ['station-web'],
]

export const TARGET_NAMES: readonly TargetName[] = TARGET_ROWS.flat()
