/** Prometheus of Debian's package, unpacked and not installed: an installation would start it as a service. */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FleetError } from '@wrale/kernel'
import { cached } from '../../board/cache.ts'
import { tool } from '../../board/tool.ts'

export interface PrometheusPrograms {
  readonly prometheus: string
  readonly promtool: string
}

/**
 * @param cache folder for what is kept between runs; the unpacked package takes some 180 MB
 * @throws {FleetError} NOT_FOUND when the package cannot be had
 */
export async function prometheusPrograms(cache: string): Promise<PrometheusPrograms> {
  const folder = await cached(cache, 'prometheus', ['prometheus'], unpack)
  return { prometheus: join(folder, 'usr/bin/prometheus'), promtool: join(folder, 'usr/bin/promtool') }
}

async function unpack(draft: string): Promise<void> {
  const packages = join(draft, 'packages')
  await mkdir(packages)
  const download = () => tool('apt-get', ['download', '-q', '-o', 'Acquire::Retries=3', 'prometheus'], packages)
  try {
    await download().catch(async (error: unknown) => {
      // Images of systems come without lists; whoever is not root cannot fetch them either.
      if (process.getuid?.() !== 0) throw error
      await tool('apt-get', ['update', '-q'])
      await download()
    })
  } catch (cause) {
    throw new FleetError(
      'NOT_FOUND',
      `Debian's prometheus cannot be fetched: ${(cause as Error).message}`,
      {},
      { cause },
    )
  }
  for (const file of await readdir(packages)) await tool('dpkg', ['-x', join(packages, file), draft])
  await rm(packages, { recursive: true })
}
