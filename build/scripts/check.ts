/** `npm run check`: everything that can be known without running the product. Each line is one check. */
import { runChecks } from './check/steps.ts'
import { parseTaskArgs, runTask } from './task.ts'

await runTask(async (args) => {
  parseTaskArgs({ args, options: {} })
  const results = await runChecks()
  return results.every(({ ok }) => ok) ? 0 : 1
})
