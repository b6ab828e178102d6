import { Kbd } from '@mantine/core'
import { Fragment } from 'react'
import { keyWords } from '../model/keys.ts'
import classes from './help.module.css'

/** Keys of a command, as they are written on a keyboard. */
export function Keys({ keys }: { readonly keys: string }) {
  const between = keys.includes(' ') && keys !== ' ' ? 'then' : ''
  return (
    <span className={classes.combination}>
      {keyWords(keys).map((word, index) => (
        <Fragment key={word}>
          {index > 0 && between}
          <Kbd size="xs">{word}</Kbd>
        </Fragment>
      ))}
    </span>
  )
}
