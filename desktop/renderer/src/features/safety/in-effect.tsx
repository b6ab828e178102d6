import { Button } from '@mantine/core'
import { toFleetError } from '@wrale/kernel'
import type { PeerIdText } from '@wrale/protocol'
import type { NodeSafety } from '@wrale/protocol/api'
import type { OverrideView, WishKind } from '@wrale/protocol/node'
import { useState } from 'react'
import { useBackend, useScreen, useTimed } from '../../app/hooks.ts'
import { duration } from '../../model/format.ts'
import { demandRows, kindLabel } from '../../model/safety/demands.ts'
import { OverrideDialog } from './override-dialog.tsx'
import { Callout } from '../../ui/callout.tsx'
import classes from './safety.module.css'

interface InEffectProps {
  readonly id: PeerIdText
  readonly name: string
  readonly view: NodeSafety
  readonly isOld: boolean
  readonly reload: () => void
}

/** What is carried out now, and by whose word; each can be had otherwise for a time. */
export function InEffect({ id, name, view, isOld, reload }: InEffectProps) {
  const { control } = useBackend()
  const { notify } = useScreen()
  const [asking, setAsking] = useState<WishKind>()
  const [ending, setEnding] = useState<WishKind>()
  const end = async (kind: WishKind): Promise<void> => {
    setEnding(kind)
    try {
      await control.endOverride({ id, kind })
      notify(`The override is over: the safety policies decide on ${kindLabel(kind).toLowerCase()} again.`)
      reload()
    } catch (error) {
      const { code, message } = toFleetError(error)
      notify(`The override was not ended: ${message} (${code})`, 'fail')
    }
    setEnding(undefined)
  }
  return (
    <section className={classes.section} aria-labelledby="in-effect">
      <h2 id="in-effect">In effect</h2>
      {view.demands.locked && (
        <Callout mark={isOld ? 'stale' : 'fail'} level="fail">
          Locked down, because of signs of tampering. It ends with a reset on the tab Tamper.
        </Callout>
      )}
      {view.failing.map((actuator) => (
        <Callout key={actuator} mark={isOld ? 'stale' : 'fail'} level="fail">
          <strong>{actuator}</strong> does not take what it is told; the node keeps trying.
        </Callout>
      ))}
      <ul className={classes.demands}>
        {demandRows(view).map(({ kind, label, now, held, override }) => (
          <li key={kind} data-testid="demand" data-kind={kind} data-overridden={override !== undefined || undefined}>
            <h3>{label}</h3>
            <p data-figures data-held={held || undefined}>
              {now}
            </p>
            <div className={classes.demandBy}>
              {override === undefined ? (
                <span className={classes.faint}>by the policies</span>
              ) : (
                <Overriding override={override} at={view.at} />
              )}
            </div>
            <div className={classes.demandActions}>
              {override !== undefined && (
                <Button
                  size="xs"
                  variant="default"
                  loading={ending === kind}
                  aria-label={`End the override of ${label.toLowerCase()}`}
                  onClick={() => void end(kind)}
                >
                  End
                </Button>
              )}
              <Button
                size="xs"
                variant="subtle"
                aria-label={`${override === undefined ? 'Override' : 'Change the override of'} ${label.toLowerCase()}`}
                onClick={() => setAsking(kind)}
              >
                {override === undefined ? 'Override' : 'Change'}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      {asking !== undefined && (
        <OverrideDialog
          id={id}
          name={name}
          kind={asking}
          demands={view.demands}
          maxSeconds={view.maxOverrideSeconds}
          close={() => setAsking(undefined)}
          done={reload}
        />
      )}
    </section>
  )
}

function Overriding({
  override: { who, why, endsInMs },
  at,
}: {
  readonly override: OverrideView
  readonly at: string
}) {
  const endsAtMs = Date.parse(at) + endsInMs
  const left = useTimed((nowMs) => duration(endsAtMs - nowMs))
  return (
    <>
      <strong data-testid="override-left" data-figures>
        Overridden for {left} more
      </strong>
      <span className={classes.faint}>
        {who}: {why}
      </span>
    </>
  )
}
