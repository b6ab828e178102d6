/**
 * The allowed imports of every layer. This table is the only place where they are written down: the lint rule reads it
 * (`layers-plugin.ts`), and the planted violations (`plants.ts`) prove that the rule still bites.
 */

/** Groups of modules that only some layers may touch. */
export type Capability = 'node' | 'electron' | 'ui' | 'libp2p'

export interface Layer {
  /** Path from the repository root, no trailing slash. */
  readonly folder: string
  /** Layers whose packages it may import, by package name only. */
  readonly imports: readonly LayerName[] | 'any'
  readonly capabilities: readonly Capability[]
  /** Files of the layer (path from its folder) that may import some more modules. */
  readonly exceptions?: readonly { readonly files: RegExp; readonly modules: RegExp }[]
}

export type LayerName =
  | 'kernel'
  | 'protocol'
  | 'replica'
  | 'mesh'
  | 'host'
  | 'edge-node'
  | 'brain'
  | 'headless'
  | 'client'
  | 'renderer'
  | 'electron'
  | 'e2e'
  | 'build'

const SHARED = ['kernel', 'protocol', 'replica', 'mesh', 'host'] as const
const PROGRAM = ['brain', 'client', 'host', 'protocol', 'kernel'] as const

export const LAYERS: Readonly<Record<LayerName, Layer>> = {
  kernel: { folder: 'shared/kernel', imports: [], capabilities: [] },
  protocol: {
    folder: 'shared/protocol',
    imports: ['kernel'],
    capabilities: [],
    // Signed envelopes and peer ids are libp2p's formats; these packages run in browsers as well.
    exceptions: [{ files: /^src\/signing\//, modules: /^@libp2p\/(crypto|peer-id|peer-record|interface)(\/|$)/ }],
  },
  replica: {
    folder: 'shared/replica',
    imports: ['protocol', 'kernel'],
    capabilities: [],
    exceptions: [{ files: /^src\/storage\/sqlite\.ts$/, modules: /^node:/ }],
  },
  mesh: { folder: 'shared/mesh', imports: ['protocol', 'kernel'], capabilities: ['node', 'libp2p'] },
  // Protocol only for the identity that it keeps in a key file.
  host: { folder: 'shared/host', imports: ['protocol', 'kernel'], capabilities: ['node'] },
  'edge-node': { folder: 'edge-node', imports: SHARED, capabilities: ['node'] },
  brain: { folder: 'desktop/brain', imports: SHARED, capabilities: ['node'] },
  headless: { folder: 'desktop/headless', imports: PROGRAM, capabilities: ['node'] },
  client: { folder: 'desktop/client', imports: ['protocol', 'kernel'], capabilities: [] },
  renderer: { folder: 'desktop/renderer', imports: ['client', 'protocol', 'kernel'], capabilities: ['ui'] },
  electron: { folder: 'desktop/electron', imports: PROGRAM, capabilities: ['node', 'electron'] },
  e2e: { folder: 'desktop/e2e', imports: 'any', capabilities: ['node'] },
  build: { folder: 'build', imports: 'any', capabilities: ['node', 'electron', 'ui', 'libp2p'] },
}

/** Module names that belong to a capability; Node's own modules are recognised by the runtime instead. */
export const CAPABILITY_MODULES: Readonly<Record<Exclude<Capability, 'node'>, RegExp>> = {
  electron: /^electron(\/|$)/,
  ui: /^(react|react-dom|zustand|wouter|uplot|@mantine\/[^/]+|@tabler\/[^/]+|@tanstack\/react-[^/]+)(\/|$)/,
  libp2p: /^(libp2p|@libp2p\/[^/]+|@chainsafe\/libp2p-[^/]+)(\/|$)/,
}

/** Tests, their helpers in `testing/` and tool configuration run in Node whatever the layer's own code runs in. */
export const NODE_SIDE_FILE = /(\.test\.tsx?|(^|\/)testing\/.*|(^|\/)(vite|vitest|playwright)\.config\.ts)$/
