import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const manifestSchema = z.object({ name: z.string(), version: z.string().default(''), license: z.string().default('') })
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i

/**
 * The licences of the packages that went into a bundle: whoever passes the bundle on must pass them on with it.
 * @param inputs the bundled files, from the root
 */
export async function licenceText(root: string, inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.flatMap((path) => packageFolder(path) ?? []))
  const sections = await Promise.all([...folders].toSorted().map((folder) => packageLicence(join(root, folder))))
  return ['This program contains the following packages.\n', ...sections].join(`\n${'-'.repeat(72)}\n\n`)
}

/** `node_modules/@scope/name` of a file in it, the innermost when they are nested. */
function packageFolder(path: string): string | undefined {
  return /^(.*\/)?node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0]
}

async function packageLicence(folder: string): Promise<string> {
  const { name, version, license } = manifestSchema.parse(
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
  )
  const files = (await readdir(folder, { withFileTypes: true })).filter((e) => e.isFile() && LICENCE_FILE.test(e.name))
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file.name), 'utf8')))
  return `${[`${name} ${version}`, license].filter(Boolean).join(', ')}\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`
}
