import { Emitter, type Signal, type Startable, type Unsubscribe } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import { fanCurveSchema, thermalFields, thermalProfileSchema, type WantedThermal } from '@wrale/protocol/node'
import type { ObjectRef } from '@wrale/protocol/records'
import type { Replica } from '@wrale/replica'
import type { z } from 'zod'
import type { ThermalSettings } from '../safety/thermal/settings.ts'

export interface FleetWishesDeps {
  readonly self: PeerIdText
  readonly replica: Pick<Replica, 'changed' | 'fields'>
}

/** How the fleet's operators want this node to be cooled, by the records. Started when the records are open. */
export class FleetWishes implements Startable {
  /** Operators want something else than before. */
  readonly changed: Signal<WantedThermal>
  readonly #deps: FleetWishesDeps
  readonly #changed = new Emitter<WantedThermal>()
  readonly #object: ObjectRef
  #wanted: WantedThermal = {}
  #refused: string | undefined
  #unsubscribe: Unsubscribe = () => undefined

  constructor(deps: FleetWishesDeps) {
    this.#deps = deps
    this.changed = this.#changed
    this.#object = { type: 'node', id: deps.self }
  }

  get thermal(): WantedThermal {
    return this.#wanted
  }

  /** Why a part of what was said is not taken, one sentence. */
  get refused(): string | undefined {
    return this.#refused
  }

  async start(): Promise<void> {
    this.#unsubscribe()
    this.#unsubscribe = this.#deps.replica.changed.subscribe(({ record }) => {
      if (record.kind !== 'intent') return
      const { type, id } = record.body.object
      // When a station is put out, what it said afterwards goes with it, whatever that was about.
      if (type === 'member' || (type === this.#object.type && id === this.#object.id)) this.#look()
    })
    this.#look()
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
  }

  #look(): void {
    const fields = this.#deps.replica.fields(this.#object)
    const refused: string[] = []
    const read = <T>(field: string, schema: z.ZodType<T>): T | undefined => {
      const value = fields.get(field)?.winner.value ?? null
      if (value === null) return undefined
      const parsed = schema.safeParse(value)
      if (parsed.success) return parsed.data
      refused.push(`${field}: ${parsed.error.issues[0]?.message ?? 'not valid'}`)
      return undefined
    }
    const profile = read(thermalFields.profile, thermalProfileSchema)
    const curve = read(thermalFields.curve, fanCurveSchema)
    const wanted = { ...(profile === undefined ? {} : { profile }), ...(curve === undefined ? {} : { curve }) }
    this.#refused = refused.length === 0 ? undefined : refused.join('; ').slice(0, 240)
    if (JSON.stringify(wanted) === JSON.stringify(this.#wanted)) return
    this.#wanted = wanted
    this.#changed.emit(wanted)
  }
}

/** The node's own settings with what the fleet wants of them. The ladder, and all else that keeps the machine safe, stays the node's. */
export function withWanted(own: ThermalSettings, { profile, curve }: WantedThermal): ThermalSettings {
  const used = profile ?? own.fan.profile
  const curves = curve === undefined || used === 'max' ? own.fan.curves : { ...own.fan.curves, [used]: curve }
  return { ...own, fan: { ...own.fan, profile: used, curves } }
}
