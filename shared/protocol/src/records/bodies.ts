import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { healthStateSchema, wireHealthReasonSchema } from '../health.ts'
import { memberNameSchema, softwareVersionSchema } from '../ids.ts'
import { wireReadingsSchema } from '../metrics.ts'

export const powerSourceSchema = z.enum(['mains', 'battery'])

/** `status`: what a node measures and thinks of itself now. Only its owner writes it; a newer one supersedes it. */
export const statusBodySchema = z.looseObject({
  /** Milliseconds in which the author promises the next status; past it, what this one says is stale. */
  intervalMs: z.number().int().min(100).max(3_600_000),
  state: healthStateSchema,
  reasons: z.array(wireHealthReasonSchema).max(32),
  readings: wireReadingsSchema,
  powerSource: powerSourceSchema.optional(),
})
export type StatusBody = z.infer<typeof statusBodySchema>

/** `inventory`: what a node is. It changes rarely, so it is kept apart from the status. */
export const inventoryBodySchema = z.looseObject({
  name: memberNameSchema,
  /** Author's sealed membership certificate: whoever holds the record can check that a member wrote it. */
  certificate: bytesSchema(1, 2048),
  simulated: z.boolean(),
  software: softwareVersionSchema,
  hardware: z.looseObject({
    model: z.string().max(128),
    serial: z.string().max(64).optional(),
    /** Revision code of a Raspberry Pi, hexadecimal. */
    revision: z.string().max(16).optional(),
    architecture: z.string().max(32),
    cores: z.number().int().min(1).max(4096),
    memoryBytes: z.number().min(0),
    diskBytes: z.number().min(0).optional(),
  }),
  system: z.looseObject({
    hostname: z.string().max(253),
    os: z.string().max(128),
    kernel: z.string().max(128),
    node: z.string().max(32),
  }),
  /** Multiaddrs on which the author listens. */
  addresses: z.array(z.string().max(256)).max(32),
  /** Hardware parts by name: present or absent, and what was found. Absent is a state of its own. */
  parts: z
    .array(z.looseObject({ name: z.string().max(64), present: z.boolean(), detail: z.string().max(200).optional() }))
    .max(64),
})
export type InventoryBody = z.infer<typeof inventoryBodySchema>
