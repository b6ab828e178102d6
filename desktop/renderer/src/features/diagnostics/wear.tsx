import type { Node as FleetNode, NodeMaintenance } from '@wrale/protocol/api'
import { counted, formatRatio } from '../../model/format.ts'
import { valueText } from '../../model/safety/causes.ts'
import { remainingText, shutdownText, wearLevel } from '../../model/safety/diagnostics.ts'
import { sentence } from '../../model/safety/policies.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import { Answered } from '../../ui/answered.tsx'
import classes from './diagnostics.module.css'
import { useMaintenance } from './use-diagnostics.ts'

/** How worn the machine is: parts with their predicted end and why, counters, and how it came to be off. */
export function Wear({ node }: { readonly node: FleetNode }) {
  const loaded = useMaintenance(node.id)
  return (
    <section className={classes.wear} aria-labelledby="wear">
      <h2 id="wear">Wear</h2>
      <Answered name={node.name} loaded={loaded} at={loaded.data?.at} meanwhile="It goes on counting.">
        {(view, isOld) => (
          <>
            <Predictions view={view} isOld={isOld} />
            <div className={classes.halves}>
              <Counters view={view} />
              <Shutdowns view={view} />
            </div>
          </>
        )}
      </Answered>
    </section>
  )
}

function Predictions({ view: { predictions }, isOld }: { readonly view: NodeMaintenance; readonly isOld: boolean }) {
  if (predictions.length === 0) {
    return (
      <p className={classes.faint}>
        Nothing can be foreseen yet: the node has no part whose wear it can count, or has not counted for long enough.
      </p>
    )
  }
  return (
    <ul className={classes.predictions}>
      {predictions.map((prediction) => {
        const { part, label, usedRatio, remainingDays, reasoning } = prediction
        const level = wearLevel(prediction)
        return (
          <li key={part} data-testid="prediction" data-part={part} data-level={level}>
            <StateMark state={isOld ? 'stale' : level} size={16} />
            <div>
              <h3>{label}</h3>
              <p className={classes.faint}>{sentence(reasoning)}</p>
            </div>
            <div className={classes.used}>
              {usedRatio !== undefined && (
                <>
                  <progress value={Math.min(1, usedRatio)} max={1} aria-label={`${label}, used up`} />
                  <span data-figures>{formatRatio(usedRatio)} used up</span>
                </>
              )}
              <strong>{remainingText(remainingDays)}</strong>
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function Counters({ view: { counters } }: { readonly view: NodeMaintenance }) {
  return (
    <div>
      <h3>Counted</h3>
      {counters.length === 0 && <p className={classes.faint}>Nothing yet.</p>}
      <dl className={classes.counters}>
        {counters.map((counter) => (
          <div key={counter.name} data-testid="counter" data-name={counter.name}>
            <dt>{counter.label}</dt>
            <dd data-figures>{valueText(counter.value, counter.unit)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function Shutdowns({ view: { starts, shutdowns, lastShutdown } }: { readonly view: NodeMaintenance }) {
  const causes = Object.entries(shutdowns).filter(([, count]) => count > 0)
  return (
    <div>
      <h3>Starts and ends</h3>
      <dl className={classes.counters}>
        <div>
          <dt>Started</dt>
          <dd data-figures>{counted(starts, 'time')}</dd>
        </div>
        {causes.map(([cause, count]) => (
          <div key={cause} data-testid="shutdown-cause" data-cause={cause}>
            <dt>Ended: {shutdownText(cause)}</dt>
            <dd data-figures>{counted(count, 'time')}</dd>
          </div>
        ))}
      </dl>
      <p className={classes.faint}>
        {lastShutdown === null
          ? 'It has not ended yet since it counts.'
          : sentence(
              ['The last time', shutdownText(lastShutdown.cause), lastShutdown.detail].filter(Boolean).join(': '),
            )}
      </p>
    </div>
  )
}
