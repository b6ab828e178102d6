import { z } from 'zod'
import { memberNameSchema } from '../ids.ts'

const durationMs = (min: number, max: number) => z.number().int().min(min).max(max)

/** Faults that the simulated board can be told to have. */
export const simulatedFaultSchema = z.enum([
  'fan-stall',
  'heat-wave',
  'power-loss',
  'supply-sag',
  'sensor-stuck',
  'disk-full',
  'battery-aged',
  'case-open',
  'motion',
  'i2c-hang',
  'sd-errors',
  'component-removed',
])
export type SimulatedFault = z.infer<typeof simulatedFaultSchema>

/** Where a member or a machine is reached. */
export const multiaddrSchema = z
  .string()
  .max(256)
  .regex(/^\/(ip4|ip6|dns|dns4|dns6)\/[^/]+\/tcp\/\d+(\/.+)?$/, 'must be a multiaddr such as /ip4/192.0.2.7/tcp/4001')

/** Listening address of the local HTTP endpoints, HOST:PORT; port 0 takes a free one. */
export const hostPortSchema = z
  .string()
  // The highest port is in the pattern, so that the published JSON Schema has it too.
  .regex(
    /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,4}|[0-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/,
    'must be HOST:PORT such as 127.0.0.1:9464, the port at most 65535',
  )

/** `edge.yaml`, the configuration of one node. Everything has a safe default; unknown keys are refused so that typing errors show. */
export const edgeConfigSchema = z.strictObject({
  name: memberNameSchema.optional(),
  /** `auto` takes `linux` where there is a real board or machine; it never takes `simulated` by itself. */
  metal: z.enum(['auto', 'linux', 'simulated']).default('auto'),
  listen: z.array(multiaddrSchema).min(1).max(16).default(['/ip4/0.0.0.0/tcp/0']),
  peers: z.array(multiaddrSchema).max(64).default([]),
  mdns: z.boolean().default(true),
  http: hostPortSchema.default('127.0.0.1:9464'),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
  telemetry: z
    .strictObject({
      /** Between two readings of the machine itself, ms. */
      sampleIntervalMs: durationMs(200, 60_000).default(1000),
      /** Between two readings of the sensors on I2C, ms. */
      sensorIntervalMs: durationMs(200, 600_000).default(2000),
      /** Longest time between two status records when nothing changes, ms; it grows with the fleet. */
      statusIntervalMs: durationMs(500, 600_000).default(5000),
    })
    .prefault({}),
  simulation: z
    .strictObject({
      seed: z.number().int().min(0).max(0xffffffff).optional(),
      ambientCelsius: z.number().min(-40).max(70).default(24),
      /** Faults that begin by themselves, seconds after start. */
      faults: z
        .array(z.strictObject({ fault: simulatedFaultSchema, afterSeconds: z.number().min(0).max(86_400).default(0) }))
        .max(16)
        .default([]),
    })
    .prefault({}),
})
export type EdgeConfig = z.infer<typeof edgeConfigSchema>
