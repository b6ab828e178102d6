import { scaleLimitsMs } from '../../model/mesh/matrix.ts'
import matrix from './matrix.module.css'
import classes from './mesh.module.css'

const steps = [...scaleLimitsMs.map((limit) => `under ${limit} ms`), `${scaleLimitsMs.at(-1)} ms or more`]

/** What colours and patterns of the matrix mean. */
export function MatrixLegend() {
  return (
    <ul className={classes.legend} aria-label="Colours of the matrix">
      {steps.map((label, step) => (
        <li key={label}>
          <span className={matrix.swatch} data-step={step} />
          {label}
        </li>
      ))}
      <li>
        <span className={matrix.swatch} data-kind="oneSided" />
        named by one side only
      </li>
      <li>
        <span className={matrix.swatch} data-kind="silent" />
        both ends are silent
      </li>
      <li>empty: not linked</li>
    </ul>
  )
}
