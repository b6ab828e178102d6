/** The demo with stand-ins for its programs, as a process that a test can signal and kill. */
import { join } from 'node:path'
import { runTask } from '../../task.ts'
import { DemoConsole } from '../console.ts'
import { Demo } from '../demo.ts'
import { endOfProcess } from '../ending.ts'
import { parseDemoOptions } from '../options.ts'

await runTask(async (args) => {
  const options = parseDemoOptions(args)
  if (options === undefined) return 1
  const programs = {
    station: [process.execPath, join(import.meta.dirname, 'fake-station.ts')],
    edge: [process.execPath, join(import.meta.dirname, 'fake-edge.ts')],
    ...(process.env['FAKE_WINDOW'] && {
      window: [process.execPath, join(import.meta.dirname, 'fake-window.ts')] as const,
    }),
  } as const
  await new Demo({ programs, console: new DemoConsole() }, options).run(endOfProcess())
  return 0
})
