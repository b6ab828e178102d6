import { z } from 'zod'
import { firstI2cAddress, lastI2cAddress } from '../bus.ts'
import { type SensorChip, sensorChips, sensorDriver } from './catalogue.ts'

/** Most sensors that one node reads. */
export const maxSensors = 32

/** A sensor as a configuration names it. */
export const sensorSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and hyphens, beginning with a letter'),
    chip: z.enum(sensorChips as [SensorChip, ...SensorChip[]]),
    /** N of /dev/i2c-N. */
    bus: z.int().min(0).max(255),
    address: z.int().min(firstI2cAddress).max(lastI2cAddress),
    /** As the chip's driver takes them. Left out: its defaults. */
    settings: z.record(z.string().max(32), z.number()).optional(),
    /** What the safety policies take it for. Left out: it is shown, and nothing depends on it. */
    measures: z.enum(['air', 'machine', 'supply', 'battery']).optional(),
  })
  .superRefine(({ chip, address, settings }, context) => {
    const driver = sensorDriver(chip)
    if (!driver.addresses.includes(address)) {
      const known = driver.addresses.map((one) => `0x${one.toString(16)}`).join(', ')
      context.addIssue({ code: 'custom', path: ['address'], message: `a ${chip} can have ${known}` })
    }
    const parsed = driver.settingsSchema.safeParse(settings ?? {})
    for (const issue of parsed.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: ['settings', ...issue.path], message: issue.message })
  })
export type SensorSettings = z.infer<typeof sensorSchema>

/** All sensors of a node. No two may have one name, or one address of one bus. */
export const sensorsSchema = z
  .array(sensorSchema)
  .max(maxSensors)
  .superRefine((sensors, context) => {
    const seen = new Set<string>()
    for (const [index, { name, bus, address }] of sensors.entries()) {
      for (const [field, key] of [
        ['name', `name ${name}`],
        ['address', `address 0x${address.toString(16)} of bus ${bus}`],
      ] as const) {
        if (seen.has(key))
          context.addIssue({ code: 'custom', path: [index, field], message: `${key} is already taken` })
        seen.add(key)
      }
    }
  })
