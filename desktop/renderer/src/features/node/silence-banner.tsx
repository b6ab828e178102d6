import type { Node as FleetNode } from '@wrale/protocol/api'
import { bestWitness } from '../../model/readings.ts'
import { Ago, At } from '../../ui/ago.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './node.module.css'

/** A silent node: who heard it last, and that the values below are old. */
export function SilenceBanner({ node }: { readonly node: FleetNode }) {
  const { state, lastSeen, reasons } = node
  const witness = bestWitness(node)
  // A link may outlive the last word by a moment.
  const seenAt = witness !== undefined && lastSeen !== null && witness.at > lastSeen ? witness.at : (lastSeen ?? '')
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
              {witness === undefined ? 'Last heard' : `${witness.name} saw it last`}, <Ago at={seenAt} />
            </strong>{' '}
            (<At at={seenAt} />
            ). The values here are what it said <Ago at={lastSeen} />.
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
