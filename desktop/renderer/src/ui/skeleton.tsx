import { useAfter } from './use-after.ts'
import classes from './skeleton.module.css'

/** Grey lines in the shape of what will come, shown only when it takes longer than 200 ms. */
export function Skeleton({ lines, label }: { readonly lines: number; readonly label: string }) {
  const late = useAfter(200)
  return (
    <output aria-label={label} className={classes.lines}>
      {late &&
        Array.from({ length: lines }, (_, index) => `line ${index}`).map((key) => (
          <span key={key} className={classes.line} />
        ))}
    </output>
  )
}
