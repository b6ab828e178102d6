import { z } from 'zod'

/** Lists answer {items, nextCursor?}. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() })
