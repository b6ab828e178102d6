import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { run } from '../../run.ts'
import { madeOnce } from './once.ts'

const PACK_TIMEOUT_MS = 5 * 60_000
const HEADERS = 'include/node'

/**
 * The headers of the Node that runs this, as node-gyp's `--nodedir` wants them. They come with npm's package of that Node's binary; an
 * `npm install` after the first removes that package, so that it is fetched once more. They are the same for every processor.
 * @throws {FleetError} UNAVAILABLE when they are not installed and cannot be fetched
 */
export function nodeHeaders(root: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`
  return madeOnce(join(root, '.cache/addons', `headers-${process.version}`), async (draft) => {
    const installed = join(root, 'node_modules/node/node_modules', name)
    if (existsSync(join(installed, HEADERS))) {
      await mkdir(join(draft, 'include'))
      await cp(join(installed, HEADERS), join(draft, HEADERS), { recursive: true })
    } else {
      await fetchHeaders(`${name}@${process.versions.node}`, draft)
    }
    const version = await readFile(join(draft, HEADERS, 'node_version.h'), 'utf8').catch(() => '')
    const abi = /^#define NODE_MODULE_VERSION (\d+)$/m.exec(version)?.[1]
    if (abi !== process.versions.modules) {
      throw new FleetError(
        'UNAVAILABLE',
        `${name} has headers for ABI ${abi ?? 'unknown'}, not ${process.versions.modules}`,
      )
    }
  })
}

async function fetchHeaders(spec: string, draft: string): Promise<void> {
  process.stderr.write(`wrale: fetching ${spec} for its headers\n`)
  const packed = await run('npm', ['pack', spec, '--silent', '--pack-destination', draft], {
    output: 'keep',
    timeoutMs: PACK_TIMEOUT_MS,
  })
  const archive = /\S+\.tgz/.exec(packed.output)?.[0]
  if (packed.code !== 0 || archive === undefined) {
    throw new FleetError('UNAVAILABLE', `npm has no ${spec} (code ${packed.code})`)
  }
  const args = ['-xzf', join(draft, archive), '-C', draft, '--strip-components=1', `package/${HEADERS}`]
  const unpacked = await run('tar', args, { output: 'keep', timeoutMs: PACK_TIMEOUT_MS })
  if (unpacked.code !== 0)
    throw new FleetError('UNAVAILABLE', `${archive} cannot be unpacked: ${unpacked.output.trim()}`)
  await rm(join(draft, archive))
}
