/**
 * Violations that the linter must report, and imports that it must let pass, written out by hand: were they derived
 * from the table in `layers.ts`, a mistake there would go unseen.
 */
import type { LayerName } from './layers.ts'

export interface ImportPlants {
  /** Path of the planted file from the layer's folder; `src/planted.ts` unless given. */
  readonly file?: string
  readonly forbidden: readonly string[]
  readonly allowed: readonly string[]
}

export interface RulePlant {
  /** Path from the repository root. */
  readonly file: string
  readonly source: string
  /** Rule name as the linter prints it. */
  readonly rule: string
}

export const importPlants: Readonly<Record<LayerName, readonly ImportPlants[]>> = {
  kernel: [
    {
      forbidden: ['@wrale/protocol', '@wrale/host', 'node:fs', 'fs', 'electron', 'react', 'libp2p', 'zod'],
      allowed: ['./errors.ts'],
    },
    { forbidden: ['../../protocol/src/index.ts', '../../../desktop/brain/src/index.ts'], allowed: ['../src/index.ts'] },
    { file: 'src/planted.test.ts', forbidden: ['@wrale/protocol', 'electron'], allowed: ['vitest', 'node:fs'] },
  ],
  protocol: [
    {
      forbidden: ['@wrale/replica', '@wrale/client', 'node:crypto', 'electron', 'react', '@libp2p/crypto', 'libp2p'],
      allowed: ['@wrale/kernel', 'zod', '@orpc/contract'],
    },
    { file: 'src/signing/planted.ts', forbidden: ['@libp2p/tcp', 'node:crypto'], allowed: ['@libp2p/crypto/keys'] },
    { forbidden: ['../../mesh/src/index.ts', '../../kernel/src/errors.ts'], allowed: ['../src/index.ts'] },
  ],
  replica: [
    {
      forbidden: ['@wrale/mesh', '@wrale/host', '@wrale/brain', 'node:sqlite', 'electron', 'react', '@libp2p/peer-id'],
      allowed: ['@wrale/kernel', '@wrale/protocol', '@wrale/protocol/signing'],
    },
    { file: 'src/storage/sqlite.ts', forbidden: ['@wrale/mesh', 'libp2p'], allowed: ['node:sqlite'] },
    { forbidden: ['../../mesh/src/index.ts'], allowed: ['./storage/sqlite.ts'] },
  ],
  mesh: [
    {
      forbidden: ['@wrale/replica', '@wrale/host', '@wrale/edge-node', 'electron', 'react', '@wrale/build/lab'],
      allowed: ['@wrale/kernel', '@wrale/protocol', 'node:dgram', 'libp2p', '@libp2p/tcp', '@chainsafe/libp2p-noise'],
    },
    { forbidden: ['../../replica/src/index.ts'], allowed: ['./index.ts'] },
  ],
  host: [
    {
      forbidden: ['@wrale/replica', '@wrale/mesh', 'electron', 'react', '@libp2p/crypto', '../../mesh/src/index.ts'],
      allowed: ['@wrale/kernel', '@wrale/protocol/signing', 'node:fs', 'pino'],
    },
  ],
  'edge-node': [
    {
      file: 'src/features/telemetry/planted.ts',
      forbidden: ['@wrale/brain', '@wrale/client', '@wrale/headless', 'electron', 'react', 'libp2p', '@libp2p/mdns'],
      allowed: ['@wrale/kernel', '@wrale/mesh', '@wrale/replica/sqlite', '@wrale/host', 'node:fs', 'systeminformation'],
    },
    { forbidden: ['../../desktop/brain/src/index.ts', '../../shared/mesh/src/index.ts'], allowed: ['./hardware/a.ts'] },
  ],
  brain: [
    {
      forbidden: [
        'electron',
        'react',
        '@wrale/client',
        '@wrale/edge-node',
        '@wrale/headless',
        '@libp2p/crypto',
        'zustand',
      ],
      allowed: ['@wrale/kernel', '@wrale/mesh', '@wrale/host', '@wrale/replica', '@orpc/server', 'node:http'],
    },
    {
      forbidden: ['../../electron/src/main.ts', '../../../edge-node/src/daemon/main.ts'],
      allowed: ['./features/a.ts'],
    },
  ],
  headless: [
    {
      forbidden: [
        'electron',
        'react',
        '@wrale/mesh',
        '@wrale/replica',
        '@wrale/edge-node',
        '@wrale/renderer',
        'libp2p',
      ],
      allowed: ['@wrale/brain', '@wrale/client', '@wrale/host', '@wrale/protocol', '@wrale/kernel', 'hono', 'node:net'],
    },
    { forbidden: ['../../renderer/src/main.tsx', '../../brain/src/index.ts'], allowed: ['./verbs/get.ts'] },
  ],
  client: [
    {
      forbidden: [
        '@wrale/brain',
        '@wrale/renderer',
        'node:worker_threads',
        'electron',
        'react',
        '@libp2p/peer-id',
        'ws',
      ],
      allowed: ['@wrale/protocol/api', '@wrale/kernel', '@orpc/client'],
    },
    { forbidden: ['../../brain/src/index.ts'], allowed: ['./transports/websocket.ts'] },
    { file: 'src/planted.test.ts', forbidden: ['@wrale/brain'], allowed: ['node:worker_threads'] },
  ],
  renderer: [
    {
      file: 'src/features/nodes/planted.tsx',
      forbidden: ['@wrale/brain', '@wrale/mesh', '@wrale/host', 'node:path', 'electron', '@libp2p/peer-id', 'path'],
      allowed: [
        '@wrale/client',
        '@wrale/protocol',
        '@wrale/kernel',
        'react',
        'zustand',
        '@mantine/core',
        './a.css?inline',
      ],
    },
    { forbidden: ['../../brain/src/index.ts', '../../../shared/kernel/src/index.ts'], allowed: ['./app/shell.tsx'] },
    { file: 'vite.config.ts', forbidden: ['electron'], allowed: ['vite', 'node:path'] },
  ],
  electron: [
    {
      forbidden: ['@wrale/mesh', '@wrale/replica', '@wrale/renderer', '@wrale/headless', 'react', 'libp2p'],
      allowed: ['electron', '@wrale/brain', '@wrale/client', '@wrale/host', 'node:path'],
    },
    { forbidden: ['../../renderer/src/main.tsx'], allowed: ['./preload.ts'] },
  ],
  e2e: [
    {
      file: 'tests/planted.ts',
      forbidden: ['@wrale/build', '@wrale/build/checks', '../../../build/scripts/build.ts', 'electron', 'libp2p'],
      allowed: ['@wrale/build/lab', '@wrale/client', '@playwright/test', 'node:fs', '../pages/nodes.ts'],
    },
  ],
  build: [
    {
      file: 'scripts/planted.ts',
      forbidden: ['leftpad', '/etc/passwd'],
      allowed: ['@wrale/mesh', 'esbuild', 'node:fs', '../checks/layers.ts'],
    },
  ],
}

export const rulePlants: readonly RulePlant[] = [
  {
    file: 'shared/kernel/src/floating.ts',
    source: 'const wait = (): Promise<void> => Promise.resolve()\nexport const start = (): void => {\n  wait()\n}\n',
    rule: 'typescript(no-floating-promises)',
  },
  {
    file: 'shared/mesh/src/misused.ts',
    source:
      'export const run = (list: string[]): void => {\n  list.forEach(async (item) => Promise.resolve(item))\n}\n',
    rule: 'typescript(no-misused-promises)',
  },
  {
    file: 'edge-node/src/thenable.ts',
    source: 'export const answer = async (): Promise<number> => await 42\n',
    rule: 'typescript(await-thenable)',
  },
  {
    file: 'desktop/brain/src/exhaustive.ts',
    source:
      "export const rank = (state: 'ok' | 'lost'): number => {\n  let rank = 0\n  switch (state) {\n    case 'ok':\n      rank = 1\n  }\n  return rank\n}\n",
    rule: 'typescript(switch-exhaustiveness-check)',
  },
  {
    file: 'desktop/client/src/unsafe.ts',
    source: 'export const read = (text: string): number => JSON.parse(text).size\n',
    rule: 'typescript(no-unsafe-member-access)',
  },
  {
    file: 'shared/replica/src/any.ts',
    source: 'export const same = (value: any): unknown => value\n',
    rule: 'typescript(no-explicit-any)',
  },
  {
    file: 'shared/protocol/src/type-import.ts',
    source: "import { Clock } from '@wrale/kernel'\nexport type Ticks = Clock\n",
    rule: 'typescript(consistent-type-imports)',
  },
  {
    file: 'shared/host/src/unused.ts',
    source: 'const forgotten = 1\nexport const kept = 2\n',
    rule: 'eslint(no-unused-vars)',
  },
  {
    file: 'shared/mesh/src/console.ts',
    source: "export const shout = (): void => console.log('heard')\n",
    rule: 'eslint(no-console)',
  },
  {
    file: 'desktop/headless/src/focused.test.ts',
    source: "import { expect, test } from 'vitest'\ntest.only('one', () => expect(1).toBe(1))\n",
    rule: 'vitest(no-focused-tests)',
  },
  {
    file: 'desktop/renderer/src/hooks.tsx',
    source:
      "import { useState } from 'react'\nexport const Sometimes = ({ on }: { on: boolean }): number => (on ? useState(1)[0] : 0)\n",
    rule: 'react-hooks(rules-of-hooks)',
  },
  {
    file: 'desktop/renderer/src/image.tsx',
    source: "export const Map = (): React.JSX.Element => <img src='map.png' />\n",
    rule: 'jsx-a11y(alt-text)',
  },
]
