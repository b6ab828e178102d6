import type { Node as FleetNode } from '@wrale/protocol/api'
import { safetySentence } from '../../model/safety/policies.ts'
import { Answered } from '../../ui/answered.tsx'
import { Cooling } from './cooling.tsx'
import { Decisions } from './decisions.tsx'
import { InEffect } from './in-effect.tsx'
import { Policies } from './policies.tsx'
import classes from './safety.module.css'
import { useSafety } from './use-safety.ts'

/** What the node does by itself about heat and power, and what operators want of it. */
export function ThermalTab({ node }: { readonly node: FleetNode }) {
  const loaded = useSafety(node.id)
  return (
    <Answered
      name={node.name}
      loaded={loaded}
      at={loaded.data?.at}
      meanwhile="Its safety policies go on by themselves: they need no station."
    >
      {(view, isOld) => (
        <>
          <p className={classes.opening} data-testid="safety-sentence">
            {safetySentence(view)}
          </p>
          <Policies view={view} isOld={isOld} />
          <div className={classes.pair}>
            <div className={classes.stack}>
              <InEffect id={node.id} name={node.name} view={view} isOld={isOld} reload={loaded.reload} />
              <Decisions
                title="What it decided lately"
                decisions={view.decisions}
                at={view.at}
                empty="It has decided nothing since it started: nothing gave it a reason."
              />
            </div>
            <Cooling node={node} view={view} isOld={isOld} />
          </div>
        </>
      )}
    </Answered>
  )
}
