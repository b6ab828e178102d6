import { run } from './run.ts'
import { runTask } from './task.ts'

await runTask(async (args) => (await run('oxfmt', args.length > 0 ? args : ['.'], { output: 'live' })).code)
