import { contest } from '../contest/contest.ts'
import type { BenchContext } from '../context.ts'

/** The mesh next to HashiCorp Serf, with 10 members each. */
export async function serf(context: BenchContext): Promise<void> {
  await contest(10, context)
}
