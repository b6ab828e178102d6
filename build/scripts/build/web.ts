import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { listFiles, replaceFolder, type BuiltFile } from './files.ts'
import type { WebTarget } from './targets.ts'

/** @throws {FleetError} NOT_FOUND when there are no pages to build; INPUT_INVALID when they do not build */
export async function buildWeb(root: string, target: WebTarget): Promise<BuiltFile[]> {
  const configFile = join(root, target.root, 'vite.config.ts')
  if (!existsSync(configFile)) throw new FleetError('NOT_FOUND', `${relative(root, configFile)} does not exist`)
  const { build } = await import('vite')
  await mkdir(join(root, '.cache'), { recursive: true })
  const scratch = await mkdtemp(join(root, '.cache/web-'))
  try {
    await build({
      configFile,
      root: join(root, target.root),
      logLevel: 'warn',
      build: { outDir: scratch, emptyOutDir: true },
    })
    return await replaceFolder(root, relative(root, scratch), target.outdir)
  } catch (error) {
    process.stderr.write(`${String(error)}\n`)
    throw new FleetError('INPUT_INVALID', `${target.root} does not build, see above`, {}, { cause: error })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Everything that can change the pages; tests cannot. */
export async function webInputs(root: string, { root: pages, outdir, sources }: WebTarget): Promise<string[]> {
  const folders = await Promise.all(
    sources.map(async (folder) => (await listFiles(join(root, folder))).map((path) => join(folder, path))),
  )
  return folders
    .flat()
    .filter((path) => !path.startsWith(`${outdir}/`) && !path.startsWith(`${pages}/node_modules/`))
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .toSorted()
}
