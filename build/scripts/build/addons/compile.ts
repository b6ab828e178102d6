import { cp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { run } from '../../run.ts'
import { sha256 } from '../files.ts'
import { madeOnce } from './once.ts'
import { buildLibraryVersion, type InstalledPackage } from './packages.ts'
import type { Toolchain } from './toolchain.ts'

const COMPILE_TIMEOUT_MS = 5 * 60_000
const QUOTED_CHARS = 2000

/** Where the `bindings` package looks for what fits the Node and the processor that ask, so that one folder serves several. */
export function bindingFolder(architecture: string): string {
  return join('lib/binding', `node-v${process.versions.modules}-linux-${architecture}`)
}

/**
 * Compiles a package's C++ for the ABI of the Node that runs this, unless that was done before.
 * @param headers makes the folder for `--nodedir`; called only when something is compiled
 * @returns the folder that holds the add-on
 * @throws {FleetError} UNAVAILABLE with the end of what the compiler said
 */
export async function compileAddon(
  root: string,
  { name, version, folder }: InstalledPackage,
  toolchain: Toolchain,
  headers: () => Promise<string>,
): Promise<string> {
  const { architecture, cc, cxx } = toolchain
  const library = await buildLibraryVersion(root)
  const compiler = await run(cxx, ['--version'], { output: 'keep' })
  const state = sha256([version, library, process.versions.modules, compiler.output].join('\0')).slice(0, 16)
  return madeOnce(join(root, '.cache/addons', `${name}-${architecture}-${state}`), async (draft) => {
    const nodedir = await headers()
    process.stderr.write(`wrale: compiling ${name} ${version} for Node ${process.versions.node} on ${architecture}\n`)
    const work = join(draft, 'work')
    for (const part of ['binding.gyp', 'package.json', 'src']) {
      await cp(join(root, folder, part), join(work, part), { recursive: true })
    }
    const { code, output } = await run('node-gyp', ['rebuild'], {
      cwd: work,
      output: 'keep',
      timeoutMs: COMPILE_TIMEOUT_MS,
      env: {
        CC: cc,
        CXX: cxx,
        // Of the ways to give node-gyp an option only this one outdoes a person's own npm configuration.
        npm_package_config_node_gyp_nodedir: nodedir,
        npm_package_config_node_gyp_arch: architecture,
      },
    })
    if (code !== 0) {
      throw new FleetError('UNAVAILABLE', `node-gyp ended with code ${code}: ${output.trim().slice(-QUOTED_CHARS)}`)
    }
    const made = (await readdir(join(work, 'build/Release'))).filter((file) => file.endsWith('.node'))
    for (const file of made) await rename(join(work, 'build/Release', file), join(draft, file))
    await rm(work, { recursive: true })
  })
}
