/** `npm start`: builds what is needed and runs the demo fleet until Ctrl+C. */
import { build, type BuildResult } from './build/build.ts'
import { DemoConsole } from './demo/console.ts'
import { Demo } from './demo/demo.ts'
import { endOfProcess } from './demo/ending.ts'
import { DEMO_HELP, parseDemoOptions } from './demo/options.ts'
import { choosePrograms, targetsOf } from './demo/programs.ts'
import { runTask } from './task.ts'

await runTask(async (args) => {
  const options = parseDemoOptions(args)
  if (options === undefined) {
    process.stdout.write(DEMO_HELP)
    return 0
  }
  const ending = endOfProcess()
  const programs = choosePrograms()
  const onResult = ({ name, built, notes }: BuildResult): void => {
    if (!built) return
    process.stderr.write(`wrale: built ${name}\n`)
    for (const note of notes) process.stderr.write(`wrale: without ${note}\n`)
  }
  await build({ targets: targetsOf(programs), onResult })
  await new Demo({ programs, console: new DemoConsole() }, options).run(ending)
  return 0
})
