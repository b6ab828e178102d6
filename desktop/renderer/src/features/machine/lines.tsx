import { Button } from '@mantine/core'
import { type FleetError, toFleetError } from '@wrale/kernel'
import type { Node as FleetNode, NodeHardware } from '@wrale/protocol/api'
import { useState } from 'react'
import { useBackend, useScreen } from '../../app/hooks.ts'
import { Callout } from '../../ui/callout.tsx'
import classes from './machine.module.css'

type Line = NodeHardware['lines'][number]

interface LinesProps {
  readonly node: FleetNode
  readonly lines: readonly Line[]
  readonly isOld: boolean
  readonly done: () => void
}

/** Named GPIO lines; outputs that the node does not use itself can be set. */
export function Lines({ node, lines, isOld, done }: LinesProps) {
  const { control } = useBackend()
  const { notify } = useScreen()
  const [busy, setBusy] = useState<string>()
  const [refused, setRefused] = useState<{ readonly line: string; readonly error: FleetError }>()
  const set = async (line: string, level: 'on' | 'off'): Promise<void> => {
    setBusy(line)
    setRefused(undefined)
    try {
      await control.setLine({ id: node.id, name: line, level })
      notify(`${line} of ${node.name} is ${level}`)
    } catch (thrown) {
      setRefused({ line, error: toFleetError(thrown) })
    }
    setBusy(undefined)
    done()
  }
  return (
    <section className={classes.section} aria-labelledby="lines">
      <h2 id="lines">Lines</h2>
      {lines.length === 0 ? (
        <p className={classes.faint}>
          None are configured. Name them under <code>lines</code> in the node’s edge.yaml.
        </p>
      ) : (
        <ul className={classes.rows}>
          {lines.map((line) => (
            <li key={line.name} data-testid="line" data-line={line.name} data-level={line.level ?? 'none'}>
              <span className={classes.lamp} data-level={isOld ? 'none' : (line.level ?? 'none')} aria-hidden="true" />
              <span className={classes.grow}>
                <strong>{line.name}</strong>{' '}
                <span className={classes.faint}>
                  {line.direction === 'in' ? 'input' : 'output'}, GPIO {line.pin}
                  {line.position !== undefined && `, pin ${line.position}`}
                  {line.safe !== undefined && `; safe: ${line.safe}`}
                  {line.use !== undefined && `; the node’s own, for ${line.use}`}
                </span>
                {line.absence !== undefined && <span className={classes.absence}>{line.absence.detail}</span>}
              </span>
              <span className={classes.level}>{line.level ?? line.state}</span>
              {line.direction === 'out' && line.use === undefined && line.level !== null && (
                <Button
                  variant="default"
                  disabled={isOld}
                  loading={busy === line.name}
                  onClick={() => void set(line.name, line.level === 'on' ? 'off' : 'on')}
                >
                  Turn {line.level === 'on' ? 'off' : 'on'}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {refused !== undefined && (
        <Callout role="alert" mark="fail" level="fail">
          <strong>{refused.line} was not set.</strong> {refused.error.message} <code>{refused.error.code}</code>
        </Callout>
      )}
    </section>
  )
}
