import { build } from '../../scripts/build/build.ts'
import type { BenchContext } from '../context.ts'

/** What has to be carried to a node, to a station, and to a browser; source maps and licences are not. */
export async function bundleSizes({ report, note }: BenchContext): Promise<void> {
  for (const { name, files } of await build({ targets: ['edge', 'station', 'web', 'electron'] })) {
    const carried = files.filter(({ path }) => !/\.map$|\.LEGAL\.txt$/.test(path))
    const sum = (size: 'bytes' | 'gzipBytes'): number => carried.reduce((total, file) => total + file[size], 0)
    note(`${name}: ${carried.length} files`)
    report({ name: `bundle-sizes.${name}.raw`, unit: 'B', samples: [sum('bytes')] })
    report({ name: `bundle-sizes.${name}.gzip`, unit: 'B', samples: [sum('gzipBytes')] })
  }
}
