// @ts-check
/**
 * Every npm script starts here: `node build/scripts/bootstrap.mjs TASK [ARGS]`. It makes sure that the npm packages of
 * this checkout are installed, then runs `build/scripts/TASK.ts` with the Node that came with them. Plain JavaScript for
 * any Node from 18 on, because nothing is installed yet when it starts for the first time.
 */
import { existsSync, realpathSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureInstalled, pinnedNode } from './bootstrap/install.mjs'
import { BootstrapError } from './bootstrap/error.mjs'
import { endLike, relay } from './bootstrap/relay.mjs'

const scripts = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(scripts))
const [task = '', ...args] = process.argv.slice(2)

async function main() {
  const file = join(scripts, `${task}.ts`)
  if (!/^[a-z]+$/.test(task) || !existsSync(file)) throw new BootstrapError('USAGE', `no task called '${task}'`, 2)
  const installed = await ensureInstalled(root)
  const node = pinnedNode(root)
  if (!installed && realpathSync(process.execPath) === realpathSync(node)) {
    process.argv = [process.argv[0] ?? node, file, ...args]
    // Saves parsing and type stripping on the second run; older runtimes do not have it.
    nodeModule.enableCompileCache?.(join(root, '.cache', 'node'))
    await import(pathToFileURL(file).href)
    return
  }
  // The same file again, now with the pinned runtime, which takes the branch above.
  endLike(await relay(node, [fileURLToPath(import.meta.url), task, ...args], { stdio: 'inherit' }))
}

try {
  await main()
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error
  process.stderr.write(`wrale: ${error.code}: ${error.message}\n`)
  process.exitCode = error.exitCode
}
