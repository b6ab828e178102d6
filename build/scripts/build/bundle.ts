import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { FleetError } from '@wrale/kernel'
import type { BuildFailure, formatMessagesSync } from 'esbuild'
import { writeBuilt, type BuiltFile } from './files.ts'
import { licenceText } from './licences.ts'
import { asciiOnly, englishOnly, lateBuiltins, nativeCiphers } from './plugins.ts'
import type { BundleEntry, BundleTarget } from './targets.ts'

/** Packages in CommonJS call `require` for Node's own modules; an ES module has none unless it makes one. */
const REQUIRE =
  "import{createRequire as __wraleRequire}from'node:module';const require=__wraleRequire(import.meta.url);"
const SHEBANG = '#!/usr/bin/env node\n'
const GUARD = join(import.meta.dirname, 'runtime-guard.mjs')
/** Follows `node` in package.json: what runs the bundles. */
const RUNTIME = 'node24'

export interface BundleResult {
  readonly files: BuiltFile[]
  /** Our own sources that went in, from the root; what comes from packages is covered by the lock file. */
  readonly inputs: string[]
}

/** @throws {FleetError} NOT_FOUND without its entry; INPUT_INVALID when the sources do not bundle */
export async function bundle(root: string, target: BundleTarget): Promise<BundleResult> {
  const results = await Promise.all(target.entries.map((entry) => bundleEntry(root, entry, target)))
  return {
    files: results.flatMap(({ files }) => files),
    inputs: [...new Set(results.flatMap(({ inputs }) => inputs))].toSorted(),
  }
}

async function bundleEntry(root: string, entry: BundleEntry, target: BundleTarget): Promise<BundleResult> {
  if (!existsSync(join(root, entry.entry))) throw new FleetError('NOT_FOUND', `${entry.entry} does not exist`)
  // Loaded only when something has to be built.
  const esbuild = await import('esbuild')
  try {
    const guard = target.executable ? await esbuild.transform(await readFile(GUARD), { minify: true }) : undefined
    // One that the source has is kept and comes before the banner; a second one would be a syntax error.
    const source = await readFile(join(root, entry.entry), 'utf8')
    const shebang = guard && !source.startsWith('#!') ? SHEBANG : ''
    const { outputFiles, metafile } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: [entry.entry],
      outfile: entry.outfile,
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      target: RUNTIME,
      format: entry.format,
      banner: entry.format === 'esm' ? { js: `${shebang}${REQUIRE}${guard?.code ?? ''}` } : {},
      external: [...target.external],
      plugins: target.executable ? [lateBuiltins, nativeCiphers, asciiOnly, englishOnly] : [englishOnly],
      minifyWhitespace: true,
      minifySyntax: true,
      // Short names save a third of the file, and cost an idle daemon 5 MB of memory (measured), and readable stacks.
      minifyIdentifiers: false,
      sourcemap: 'external',
      legalComments: 'none',
      logLevel: 'silent',
    })
    const files: BuiltFile[] = []
    for (const { path, contents } of outputFiles) {
      const isProgram = path.endsWith(entry.outfile)
      files.push(await writeBuilt(root, relative(root, path), contents, target.executable && isProgram ? 0o755 : 0o644))
    }
    const inputs = Object.keys(metafile.inputs)
    const licences = Buffer.from(await licenceText(root, inputs))
    files.push(await writeBuilt(root, `${entry.outfile}.LEGAL.txt`, licences))
    return { files, inputs: inputs.filter((path) => !/node_modules\/|:/.test(path)) }
  } catch (error) {
    throw explain(entry, error, esbuild.formatMessagesSync)
  }
}

function explain(entry: BundleEntry, error: unknown, format: typeof formatMessagesSync): unknown {
  if (!isBuildFailure(error)) return error
  const messages = format(error.errors, { kind: 'error', color: process.stderr.isTTY })
  process.stderr.write(messages.join(''))
  return new FleetError('INPUT_INVALID', `${entry.entry} does not bundle: ${error.errors.length} errors, see above`)
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}
