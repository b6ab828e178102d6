/**
 * Checks `electron-builder.yml` against electron-builder's own schema, against our security rules and against the files it names.
 * `node build/checks/electron-builder.ts` prints one line and ends with 1 when something is wrong.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { parse } from 'yaml'
import { z } from 'zod'

const ROOT = dirname(dirname(import.meta.dirname))
const FILE = 'electron-builder.yml'

/** What a packaged app must never be able to do, burnt into its binary. */
const FUSES = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableCookieEncryption: true,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  grantFileProtocolExtraPrivileges: false,
} as const

/** Options that bring in other code or files than the ones under `files`, or other binaries than Electron's own. */
const FORBIDDEN = [
  'afterAllArtifactBuild',
  'afterExtract',
  'afterPack',
  'afterSign',
  'asarUnpack',
  'beforeBuild',
  'beforePack',
  'disableAsarIntegrity',
  'electronDist',
  'electronDownload',
  'extends',
  'extraFiles',
  'extraMetadata',
  'extraResources',
  'onNodeModuleFile',
] as const

/** The only files of a package, from the app's folder: our bundles with the licences in them, and the built pages. */
const PACKAGED = new Set(['dist/*.mjs', 'dist/*.cjs', 'dist/*.LEGAL.txt', '../renderer/dist -> renderer'])
const MAIN = 'dist/main.mjs'

const platformSchema = z.looseObject({ icon: z.string().optional(), publish: z.unknown().optional() }).optional()
/** The part that the rules read; the schema of electron-builder has checked the whole before. */
const configSchema = z.looseObject({
  directories: z.object({ app: z.string(), buildResources: z.string(), output: z.string() }),
  files: z.array(z.union([z.string(), z.object({ from: z.string(), to: z.string(), filter: z.array(z.string()) })])),
  electronFuses: z.looseObject({}),
  linux: platformSchema,
  mac: platformSchema.unwrap().extend({ entitlements: z.string(), entitlementsInherit: z.string() }),
  win: platformSchema,
})
type Config = z.infer<typeof configSchema>

const appManifestSchema = z.looseObject({
  main: z.string(),
  productName: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
})

/**
 * What is wrong with the packaging configuration, one sentence each; empty when all is well.
 * @param root the repository, this one by default; @param text the configuration, that of the repository by default
 */
export async function checkElectronBuilder(root: string = ROOT, text?: string): Promise<string[]> {
  let config: unknown
  try {
    config = parse(text ?? (await readFile(join(root, FILE), 'utf8')))
  } catch (error) {
    return [`cannot be read: ${error instanceof Error ? error.message : String(error)}`]
  }
  const misfits = await schemaProblems(config)
  if (misfits.length > 0) return misfits
  const parsed = configSchema.safeParse(config)
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return [
    ...securityProblems(parsed.data),
    ...contentProblems(parsed.data),
    ...fileProblems(root, parsed.data),
    ...(await appProblems(root, parsed.data)),
  ]
}

async function schemaProblems(config: unknown): Promise<string[]> {
  const validate = await (schema ??= compileSchema())
  if (validate(config)) return []
  const problems = (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const extra: unknown = params['additionalProperty']
    const where = `${instancePath.slice(1).replaceAll('/', '.')}${typeof extra === 'string' ? `.${extra}` : ''}`
    return `${where.replace(/^\./, '') || 'the configuration'}: ${message ?? 'does not fit the schema'}`
  })
  return [...new Set(problems)]
}

/** Compiled once: it is large. */
let schema: Promise<ValidateFunction> | undefined

async function compileSchema(): Promise<ValidateFunction> {
  const builder = createRequire(join(ROOT, 'desktop/electron/package.json')).resolve('electron-builder')
  const file = createRequire(builder).resolve('app-builder-lib/scheme.json')
  // The schema has keywords of its own (`typeof`), which strict mode refuses. Unlike electron-builder, nothing is coerced.
  return new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(await readFile(file, 'utf8')) as object)
}

function securityProblems(config: Config): string[] {
  const problems: string[] = []
  const demand = (name: string, given: unknown, wanted: unknown): void => {
    if (given !== wanted) problems.push(`${name}: must be ${JSON.stringify(wanted)}`)
  }
  demand('asar', config['asar'], true)
  demand('npmRebuild', config['npmRebuild'], false)
  demand('nodeGypRebuild', config['nodeGypRebuild'], false)
  demand('publish', config['publish'], null)
  for (const platform of ['linux', 'mac', 'win'] as const) {
    if (config[platform]?.publish !== undefined) problems.push(`${platform}.publish: must not be there`)
  }
  demand('mac.hardenedRuntime', config.mac['hardenedRuntime'], true)
  for (const [fuse, state] of Object.entries(FUSES)) demand(`electronFuses.${fuse}`, config.electronFuses[fuse], state)
  for (const option of FORBIDDEN) if (option in config) problems.push(`${option}: must not be there`)
  return problems
}

function contentProblems({ files }: Config): string[] {
  const taken = files.filter((entry) => typeof entry !== 'string' || !entry.startsWith('!'))
  const names = taken.map((entry) => (typeof entry === 'string' ? entry : `${entry.from} -> ${entry.to}`))
  const surplus = names.filter((name) => !PACKAGED.has(name)).map((name) => `files: '${name}' must not be packaged`)
  const missing = [...PACKAGED].filter((name) => !names.includes(name)).map((name) => `files: '${name}' is missing`)
  const excluded = files.includes('!**/node_modules/**') ? [] : ["files: '!**/node_modules/**' is missing"]
  return [...surplus, ...missing, ...excluded]
}

function fileProblems(root: string, { directories, linux, mac, win }: Config): string[] {
  const resources = join(root, directories.buildResources)
  const icons = [linux, mac, win].flatMap((platform) => platform?.icon ?? []).map((icon) => join(resources, icon))
  const wanted = [...icons, join(root, mac.entitlements), join(root, mac.entitlementsInherit)]
  return [...new Set(wanted)]
    .filter((file) => !existsSync(file))
    .map((file) => `${file.slice(root.length + 1)}: is not there`)
}

async function appProblems(root: string, { directories }: Config): Promise<string[]> {
  const file = join(directories.app, 'package.json')
  const manifest = appManifestSchema.safeParse(JSON.parse(await readFile(join(root, file), 'utf8')))
  if (!manifest.success)
    return manifest.error.issues.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`)
  const { main, dependencies } = manifest.data
  const problems = main === MAIN ? [] : [`${file}: main must be ${MAIN}`]
  // A run-time dependency would be packaged with all of its own; everything is in the bundles.
  return [...problems, ...Object.keys(dependencies).map((name) => `${file}: ${name} must be a development dependency`)]
}

if (import.meta.main) {
  const problems = await checkElectronBuilder()
  process.stdout.write(problems.length === 0 ? `${FILE}: ok\n` : `${FILE}: ${problems.join('; ')}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
