import { z } from 'zod'
import { bytesSchema } from '../bytes.ts'
import { fleetIdSchema, softwareVersionSchema } from '../ids.ts'
import { refusalSchema } from './refusal.ts'

export const helloProtocol = '/wrale/hello/1'
/** Room for a hello, or for a refusal with what it stands on. */
export const maxHelloBytes = 8192
/** Most addresses that a hello names. */
export const maxHelloAddresses = 8
/** Bytes that tell one start of a member's program from another. */
export const helloInstanceBytes = 8

/** First thing that two members say to each other, both ways, the dialler first. */
export const helloSchema = z.looseObject({
  fleet: fleetIdSchema,
  /** Sealed membership certificate of the speaker. */
  certificate: bytesSchema(1, 2048),
  software: softwareVersionSchema,
  /** Speaker's wall clock, milliseconds since the Unix epoch: shown as clock error, never trusted. */
  wallMs: z.number().int().min(0),
  /** Multiaddrs on which the speaker listens, without its id, so that it can be dialled when the link is lost. */
  listen: z.array(z.string().max(128)).max(maxHelloAddresses).optional(),
  /** Random, made when the speaker's program started: two that are there at the same time mean that a key is in two places. */
  instance: bytesSchema(helloInstanceBytes).optional(),
})
export type Hello = z.infer<typeof helloSchema>

export const helloReplySchema = z.union([helloSchema, refusalSchema])
