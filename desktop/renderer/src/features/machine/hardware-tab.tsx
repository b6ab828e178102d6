import type { Node as FleetNode, NodeHardware } from '@wrale/protocol/api'
import { useCallback } from 'react'
import { useBackend } from '../../app/hooks.ts'
import { useLoaded } from '../../ui/use-loaded.ts'
import { Answered } from '../../ui/answered.tsx'
import { Devices } from './devices.tsx'
import { HeaderPins } from './header-pins.tsx'
import { Lines } from './lines.tsx'
import classes from './machine.module.css'
import { Sensors } from './sensors.tsx'

/** While the page is seen, ms. */
const everyMs = 2000

/** Pins, sensors, buses and devices of a node, as they are now. */
export function HardwareTab({ node }: { readonly node: FleetNode }) {
  const { control } = useBackend()
  const { id, name } = node
  const load = useCallback(async (signal: AbortSignal) => control.hardware({ id }, { signal }), [control, id])
  const loaded = useLoaded(load, { everyMs })
  return (
    <Answered
      name={name}
      loaded={loaded}
      at={loaded.data?.at}
      meanwhile="Its lines, sensors and fan are looked after by the node itself."
    >
      {(view, isOld) => (
        <div className={classes.columns}>
          <div className={classes.stack}>
            <Lines node={node} lines={view.lines} isOld={isOld} done={loaded.reload} />
            <Sensors view={view} isOld={isOld} />
            <Devices view={view} />
          </div>
          {hasHeader(view) && <HeaderPins lines={view.lines} />}
        </div>
      )}
    </Answered>
  )
}

function hasHeader({ lines }: NodeHardware): boolean {
  return lines.some(({ position }) => position !== undefined)
}
