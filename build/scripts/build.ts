/** `npm run build [-- TARGET...] [--force]`: builds what has changed and prints what there is. */
import { FleetError } from '@wrale/kernel'
import { build, type BuildResult } from './build/build.ts'
import { TARGET_NAMES, type TargetName } from './build/targets.ts'
import { parseTaskArgs, runTask } from './task.ts'

/** More files than this are shown as their sum. */
const FILES_SHOWN = 8

await runTask(async (args) => {
  const { values, positionals } = parseTaskArgs({
    args,
    allowPositionals: true,
    options: { force: { type: 'boolean', default: false } },
  })
  const targets = positionals.map((name) => {
    if (isTarget(name)) return name
    throw new FleetError('USAGE', `no target called '${name}'; there are ${TARGET_NAMES.join(', ')}`)
  })
  await build({ force: values.force, onResult: print, ...(targets.length > 0 && { targets }) })
  return 0
})

function isTarget(name: string): name is TargetName {
  return TARGET_NAMES.some((target) => target === name)
}

function print({ name, built, durationMs, files, notes }: BuildResult): void {
  process.stdout.write(`${name}: ${built ? `built in ${Math.round(durationMs)} ms` : 'up to date'}\n`)
  for (const note of notes) process.stdout.write(`  SKIP ${note}\n`)
  const carried = files.filter(({ path }) => !path.endsWith('.map'))
  const sum = (size: 'bytes' | 'gzipBytes'): number => carried.reduce((total, file) => total + file[size], 0)
  const rows =
    carried.length <= FILES_SHOWN
      ? carried
      : [{ path: `${carried.length} files`, bytes: sum('bytes'), gzipBytes: sum('gzipBytes') }]
  for (const { path, bytes, gzipBytes } of rows) {
    process.stdout.write(`  ${path}  ${kib(bytes)}, gzip ${kib(gzipBytes)}\n`)
  }
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`
}
