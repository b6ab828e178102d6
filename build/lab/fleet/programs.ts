import { FleetError } from '@wrale/kernel'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = dirname(dirname(dirname(import.meta.dirname)))
const files = { 'wrale-edge': 'edge-node/dist/wrale-edge.mjs', wrale: 'desktop/headless/dist/wrale.mjs' } as const

/** Words that run a built program with this Node; NOT_FOUND when it has not been built. */
export function builtProgram(
  name: keyof typeof files,
  ...args: readonly string[]
): { readonly command: string; readonly args: readonly string[]; readonly env: Record<string, string | undefined> } {
  const file = join(root, files[name])
  if (!existsSync(file)) throw new FleetError('NOT_FOUND', `${files[name]} is missing: npm run build`, { file })
  // A test runner sets NODE_ENV and NODE_OPTIONS for itself; programs run as they do for users.
  return { command: process.execPath, args: [file, ...args], env: { NODE_ENV: undefined, NODE_OPTIONS: undefined } }
}
