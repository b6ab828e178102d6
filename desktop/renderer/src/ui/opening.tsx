import type { ReactNode } from 'react'
import classes from './opening.module.css'

/** Names such as gate-1 stay in one piece at the end of a line. */
function wholeNames(sentence: string): ReactNode {
  let at = 0
  return sentence.split(/(\S*\w-\w\S*)/).map((part, index) => {
    at += part.length
    return index % 2 === 0 ? (
      part
    ) : (
      <span key={at} className={classes.whole}>
        {part}
      </span>
    )
  })
}

/** The first words of a screen: one sentence that answers its question, and what one can do at once. */
export function Opening({
  sentence,
  note,
  actions,
}: {
  readonly sentence: ReactNode
  readonly note?: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <header className={classes.opening}>
      <div>
        <h1>{typeof sentence === 'string' ? wholeNames(sentence) : sentence}</h1>
        {note !== undefined && <p>{note}</p>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </header>
  )
}
