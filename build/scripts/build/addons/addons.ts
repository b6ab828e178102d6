import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { listFiles, replaceFolder, writeBuilt, type BuiltFile } from '../files.ts'
import type { AddonsTarget } from '../targets.ts'
import { bindingFolder, compileAddon } from './compile.ts'
import { nodeHeaders } from './headers.ts'
import { closure, runtimeFiles, sourceFiles, type InstalledPackage } from './packages.ts'
import { missingCommands, toolchainsFor, type Toolchain } from './toolchain.ts'

export interface AddonsResult {
  readonly files: BuiltFile[]
  /** What is absent and why, a sentence each. */
  readonly notes: string[]
  /** False when the next build should try again. */
  readonly lasting: boolean
}

/** What this machine can compile for, and what it would need for the rest. Add-ons are for Linux: only there they are made. */
function toolchains(target: AddonsTarget): { readonly usable: Toolchain[]; readonly notes: string[] } {
  if (process.platform !== 'linux')
    return { usable: [], notes: [`add-ons: they are compiled on Linux only, not on ${process.platform}`] }
  const usable: Toolchain[] = []
  const notes: string[] = []
  for (const toolchain of toolchainsFor(target.architectures)) {
    const missing = missingCommands(toolchain)
    if (missing.length === 0) usable.push(toolchain)
    else notes.push(`${toolchain.name}: no ${missing.join(', ')} here (Debian: ${toolchain.packages.join(', ')})`)
  }
  return { usable, notes }
}

/** What decides the result beyond files: a compiler that was installed, or another Node. */
export function addonsState(target: AddonsTarget): string {
  return [process.version, process.versions.modules, ...toolchains(target).usable.map(({ cxx }) => cxx)].join(' ')
}

export async function addonsInputs(root: string, target: AddonsTarget): Promise<string[]> {
  const packages = (await closure(root, target.packages)) ?? []
  return (await Promise.all(packages.map((one) => sourceFiles(root, one)))).flat().toSorted()
}

/**
 * Puts packages with native parts and all that they require beside a bundle, each add-on for every processor that can be compiled for
 * here. This machine's own also goes into `node_modules`, for programs that run from their sources. What cannot be had is left out and
 * said: the daemon takes an add-on that does not load for a state of the machine.
 */
export async function buildAddons(root: string, target: AddonsTarget): Promise<AddonsResult> {
  const packages = await closure(root, target.packages)
  if (packages === undefined) {
    const files = await replaceFolder(root, '.cache/addons/none', target.outdir)
    return { files, notes: [`add-ons: npm did not install ${target.packages.join(', ')}`], lasting: true }
  }
  const { usable, notes } = toolchains(target)
  const problems: string[] = []
  const files: BuiltFile[] = []
  await mkdir(join(root, '.cache/addons'), { recursive: true })
  const stage = await mkdtemp(join(root, '.cache/addons/.stage-'))
  try {
    for (const one of packages) {
      for (const file of await runtimeFiles(root, one)) {
        await cp(join(root, one.folder, file), join(stage, one.name, file))
      }
    }
    const native = packages.filter((one) => one.native)
    for (const toolchain of usable) {
      for (const one of native) {
        try {
          files.push(...(await place(root, one, toolchain, join(stage, one.name))))
        } catch (error) {
          if (!(error instanceof FleetError) || error.code !== 'UNAVAILABLE') throw error
          problems.push(`${one.name} for ${toolchain.architecture}: ${error.message}`)
        }
      }
    }
    files.push(...(await replaceFolder(root, relative(root, stage), target.outdir)))
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
  return { files, notes: [...notes, ...problems], lasting: problems.length === 0 }
}

/** @returns what it put into `node_modules` */
async function place(root: string, one: InstalledPackage, toolchain: Toolchain, stage: string): Promise<BuiltFile[]> {
  const compiled = await compileAddon(root, one, toolchain, () => nodeHeaders(root))
  const folder = bindingFolder(toolchain.architecture)
  await cp(compiled, join(stage, folder), { recursive: true })
  if (toolchain.architecture !== process.arch) return []
  // npm may have made one for the Node that it runs with; it would be found first, and not load.
  await rm(join(root, one.folder, 'build'), { recursive: true, force: true })
  const names = await listFiles(compiled)
  return Promise.all(
    names.map(async (name) => writeBuilt(root, join(one.folder, folder, name), await readFile(join(compiled, name)))),
  )
}
