import { contest } from '../contest/contest.ts'
import type { BenchContext } from '../context.ts'

/** Takes a quarter of an hour or more. */
export const onlyWhenNamed = true

/** The mesh next to HashiCorp Serf, with 50 members each. */
export async function serf50(context: BenchContext): Promise<void> {
  await contest(50, context)
}
