import { Modal } from '@mantine/core'
import { Fragment } from 'react'
import { commandNames, commands } from '../model/keys.ts'
import { nodeStates, stateMeanings, stateWords } from '../model/state.ts'
import { StateMark } from '../ui/state-mark.tsx'
import classes from './help.module.css'
import { useDialog, useScreen } from './hooks.ts'
import { Keys } from './keys.tsx'

const groups = [...new Set(commandNames.map((name) => commands[name].group))]

/** All keys and all marks on one page. */
export function Help() {
  const dialog = useDialog()
  const { close } = useScreen()
  return (
    <Modal
      opened={dialog === 'help'}
      onClose={close}
      title="Keyboard and marks"
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
      attributes={{ header: { role: 'presentation' } }}
    >
      <div className={classes.columns}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl className={classes.keys}>
              {commandNames
                .filter((name) => commands[name].group === group)
                .map((name) => (
                  <Fragment key={name}>
                    <dt>
                      <Keys keys={commands[name].keys[0]} />
                    </dt>
                    <dd>{commands[name].label}</dd>
                  </Fragment>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>States</h3>
          <dl className={classes.keys}>
            {nodeStates.map((state) => (
              <Fragment key={state}>
                <dt className={classes.state}>
                  <StateMark state={state} /> {stateWords[state]}
                </dt>
                <dd>{stateMeanings[state]}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      </div>
    </Modal>
  )
}
