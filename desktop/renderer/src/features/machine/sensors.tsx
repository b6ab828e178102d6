import type { NodeHardware } from '@wrale/protocol/api'
import { quantityTitle, sensorState, verdictText } from '../../model/machine-words.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import classes from './machine.module.css'

interface SensorsProps {
  readonly view: NodeHardware
  readonly isOld: boolean
}

/** Sensors on I2C buses, and the buses. A value that is not believed is not shown. */
export function Sensors({ view: { sensors, buses }, isOld }: SensorsProps) {
  return (
    <section className={classes.section} aria-labelledby="sensors">
      <h2 id="sensors">Sensors</h2>
      {sensors.length === 0 ? (
        <p className={classes.faint}>
          None are configured. Name them under <code>sensors</code> in the node’s edge.yaml.
        </p>
      ) : (
        <ul className={classes.rows}>
          {sensors.map((sensor) => (
            <li key={sensor.name} data-testid="sensor" data-sensor={sensor.name} data-state={sensorState(sensor)}>
              <StateMark state={isOld ? 'stale' : sensorState(sensor)} size={18} />
              <span className={classes.grow}>
                <strong>{sensor.name}</strong>{' '}
                <span className={classes.faint}>
                  {sensor.chip.toUpperCase()}, {sensor.bus} at 0x{sensor.address.toString(16).padStart(2, '0')}
                </span>
                <span className={classes.readings}>
                  {Object.entries(sensor.readings).map(([quantity, { unit, verdict }]) => (
                    <span key={quantity}>
                      <span className={classes.faint}>{quantityTitle(quantity)}</span>{' '}
                      <span data-figures>{verdictText(unit, verdict)}</span>
                    </span>
                  ))}
                  {Object.keys(sensor.readings).length === 0 && <span className={classes.faint}>not read yet</span>}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {buses.length > 0 && (
        <p className={classes.faint}>
          {buses.map(({ name, condition, reason }) => `${name}: ${reason ?? condition}`).join('; ')}
        </p>
      )}
    </section>
  )
}
