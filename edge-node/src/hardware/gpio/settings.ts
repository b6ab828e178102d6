import { z } from 'zod'

/** Most lines that one node has: more than a header has pins, with room for an expander's. */
export const maxLines = 64

const levelSchema = z.enum(['on', 'off'])

const common = {
  /** What the rest of the daemon calls the line. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and hyphens, beginning with a letter'),
  /** Offset of the line in its chip. On a Raspberry Pi's header that is the BCM number, not the position of the pin. */
  pin: z.int().min(0).max(1023),
  /** The kernel's label of the chip, such as `gpio-sim.0-node0`. Default: the chip behind a Raspberry Pi's header, whichever there is. */
  chip: z.string().min(1).max(64).optional(),
  /** The line is `on` while its voltage is low. */
  activeLow: z.boolean().default(false),
}

const inputSchema = z.strictObject({
  ...common,
  direction: z.literal('in'),
  /** Resistor at the pin. Left out: as the firmware or the device tree has it. */
  pull: z.enum(['up', 'down', 'off']).optional(),
  /** A level counts once it has held this long, ms. 0 reports every edge that is seen. */
  debounceMs: z.int().min(0).max(10_000).default(0),
})

const outputSchema = z.strictObject({
  ...common,
  direction: z.literal('out'),
  /** What the line is driven to when nobody is in charge of it: before the daemon's parts start, after a crash, and at its end. */
  safe: z.enum(['on', 'off', 'keep']),
  /** What it is driven to once the daemon's parts start. Left out: it stays as `safe` left it. */
  initial: levelSchema.optional(),
})

/** One line. Fields that the other direction alone has are refused. */
export const lineSchema = z.discriminatedUnion('direction', [inputSchema, outputSchema])

/** All lines of a node. No two may have one name, or one pin of one chip. */
export const linesSchema = z
  .array(lineSchema)
  .max(maxLines)
  .superRefine((lines, context) => {
    const seen = new Set<string>()
    for (const [index, { name, chip, pin }] of lines.entries()) {
      for (const [field, key] of [
        ['name', `name ${name}`],
        ['pin', `pin ${pin} of ${chip ?? 'the header'}`],
      ] as const) {
        if (seen.has(key))
          context.addIssue({ code: 'custom', path: [index, field], message: `${key} is already taken` })
        seen.add(key)
      }
    }
  })

export type Level = z.infer<typeof levelSchema>
export type InputSettings = z.infer<typeof inputSchema>
export type OutputSettings = z.infer<typeof outputSchema>
export type LineSettings = z.infer<typeof lineSchema>

export function opposite(level: Level): Level {
  return level === 'on' ? 'off' : 'on'
}
