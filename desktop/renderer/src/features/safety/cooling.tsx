import { Button } from '@mantine/core'
import type { Node as FleetNode, NodeNotes, NodeSafety } from '@wrale/protocol/api'
import type { NotesChange } from '../../backend/operator-ports.ts'
import { isUnderWay, originText, profiles } from '../../model/safety/curve.ts'
import { sentence } from '../../model/safety/policies.ts'
import { isSilent } from '../../model/state.ts'
import { Callout } from '../../ui/callout.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useDetail } from '../node/use-detail.ts'
import { useNotes } from '../node/use-notes.ts'
import { FanEditor } from './fan-editor.tsx'
import classes from './safety.module.css'

interface CoolingProps {
  readonly node: FleetNode
  readonly view: NodeSafety
  readonly isOld: boolean
}

const options = profiles.map(({ id, word }) => ({ value: id, label: word }))

/** How the fan is controlled, and how operators want it to be. */
export function Cooling({ node, view, isOld }: CoolingProps) {
  const { data: detail, reload } = useDetail(node.id)
  return (
    <section className={classes.section} aria-labelledby="cooling">
      <h2 id="cooling">Cooling</h2>
      {detail?.notes === undefined ? (
        <Skeleton lines={6} label="Loading what operators want" />
      ) : (
        <Wanted node={node} view={view} isOld={isOld} loaded={detail.notes} reload={reload} />
      )}
    </section>
  )
}

interface WantedProps extends CoolingProps {
  readonly loaded: NodeNotes
  readonly reload: () => void
}

function Wanted({ node, view, isOld, loaded, reload }: WantedProps) {
  const { notes, change } = useNotes(node.id, loaded, reload)
  const { thermal } = view
  const wanted = notes.thermal ?? {}
  const underWay = isUnderWay(wanted, thermal)
  const profile = underWay ? (wanted.profile ?? thermal.profile) : thermal.profile
  const celsius = isOld || isSilent(node) ? undefined : node.readings.temperatureCelsius
  const set = (cooling: NonNullable<NotesChange['thermal']>): void => change({ thermal: cooling })
  const isOwn = wanted.profile === undefined && wanted.curve === undefined
  return (
    <>
      <div className={classes.profile}>
        <Segments
          label="Profile"
          options={options}
          value={profile}
          // A curve stands in place of a profile's own: who chooses a profile wants that of the profile.
          onChange={(next) => set({ profile: next, ...(wanted.curve === undefined ? {} : { curve: null }) })}
        />
        <p className={classes.faint}>
          {profiles.find(({ id }) => id === profile)?.word} {profiles.find(({ id }) => id === profile)?.does}.
        </p>
      </div>
      <p data-testid="cooling-origin">{originText(thermal)}</p>
      {thermal.refused !== undefined && (
        <Callout mark="warn" level="warn">
          The node does not take over what the fleet wants: {sentence(thermal.refused)} It goes on with what it had.
        </Callout>
      )}
      {underWay && (
        <Callout mark="unknown" data-testid="cooling-under-way">
          Saved. {node.name} takes it over as soon as it hears of it.
        </Callout>
      )}
      {profile === 'max' || thermal.curve === null ? (
        <p className={classes.faint}>A profile that always runs the fan at full speed has no curve.</p>
      ) : (
        <FanEditor
          inUse={thermal.curve}
          start={underWay && wanted.curve !== undefined ? wanted.curve : thermal.curve}
          celsius={celsius}
          told={view.demands.fanDuty}
          save={(curve) => set({ curve })}
        />
      )}
      <div className={classes.ownRow}>
        <Button
          variant="default"
          size="xs"
          disabled={isOwn}
          onClick={() =>
            set({
              ...(wanted.profile === undefined ? {} : { profile: null }),
              ...(wanted.curve === undefined ? {} : { curve: null }),
            })
          }
        >
          Back to the node’s own
        </Button>
        <p className={classes.faint}>
          {isOwn
            ? 'The fleet says nothing: the node’s own configuration holds.'
            : 'Forgets what the fleet says of its cooling.'}
        </p>
      </div>
    </>
  )
}
