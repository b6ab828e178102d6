import type { Node as FleetNode } from '@wrale/protocol/api'
import { bestWitness } from '../../model/readings.ts'
import { Ago, At } from '../../ui/ago.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './node.module.css'

/** A silent node: who heard it last, and that the values below are old. */
export function SilenceBanner({ node }: { readonly node: FleetNode }) {
  const { state, lastSeen, reasons } = node
  const witness = bestWitness(node)
  return (
    <section className={classes.silence} data-state={state} aria-label="Silent node">
      <StateMark state={state} size={20} />
      <div>
        {lastSeen === null ? (
          <p>
            <strong>This node joined and has not spoken yet.</strong> It speaks as soon as wrale-edge runs on it and
            reaches any member.
          </p>
        ) : (
          <p>
            <strong>
              {witness === undefined ? 'Last heard' : `${witness.name} saw it last`}, <Ago at={lastSeen} />
            </strong>{' '}
            (<At at={lastSeen} />
            ). The values here are from then.
          </p>
        )}
        {reasons.map(({ code, message }) => (
          <p key={code} className={classes.faint}>
            {message}
          </p>
        ))}
      </div>
    </section>
  )
}
