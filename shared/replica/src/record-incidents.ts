import { Emitter, type FleetErrorCode, type Signal } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { Replica } from './replica.ts'

/** What records show of those who write them or pass them on, in the form in which the mesh tells of peers. */
export interface RecordIncident {
  readonly peer: PeerIdText | null
  readonly kind: 'equivocation' | 'false-marks'
  readonly code: FleetErrorCode
  readonly message: string
}

export function recordIncidents(replica: Pick<Replica, 'equivocated' | 'misled'>): Signal<RecordIncident> {
  const incidents = new Emitter<RecordIncident>()
  replica.equivocated.subscribe(({ author, seq }) =>
    incidents.emit({
      peer: author,
      kind: 'equivocation',
      code: 'CONFLICT',
      message: `two different records under the number ${seq}: the key is in two places, or its holder lies`,
    }),
  )
  replica.misled.subscribe(({ author, by }) =>
    incidents.emit({
      peer: by,
      kind: 'false-marks',
      code: 'CONFLICT',
      message: `said that everything of ${author} had been given, which was not so; it may have been told so itself`,
    }),
  )
  return incidents
}
