import { Button, NumberInput } from '@mantine/core'
import { type FleetError, toFleetError } from '@wrale/kernel'
import type { Node as FleetNode, NodeSimulator } from '@wrale/protocol/api'
import type { SimulatorRequest } from '@wrale/protocol/node'
import { useCallback, useState } from 'react'
import { useBackend, useScreen } from '../../app/hooks.ts'
import {
  fromShown,
  ownSettings,
  settingReach,
  settingWords,
  simulatorSentence,
  toShown,
  words,
} from '../../model/machine-words.ts'
import { Callout } from '../../ui/callout.tsx'
import { useLoaded } from '../../ui/use-loaded.ts'
import { Answered } from '../../ui/answered.tsx'
import classes from './machine.module.css'

/** While the page is seen, ms. */
const everyMs = 2000

type Change = (what: string, request: SimulatorRequest) => Promise<void>

/** What happens to a simulated machine. */
export function SimulatorTab({ node }: { readonly node: FleetNode }) {
  const { control } = useBackend()
  const { notify } = useScreen()
  const { id, name } = node
  const load = useCallback(async (signal: AbortSignal) => control.simulator.get({ id }, { signal }), [control, id])
  const loaded = useLoaded(load, { everyMs })
  const [error, setError] = useState<FleetError>()
  const change: Change = async (what, request) => {
    setError(undefined)
    try {
      await control.simulator.change({ id, ...request })
      notify(`${name}: ${what}`)
    } catch (thrown) {
      setError(toFleetError(thrown))
    }
    loaded.reload()
  }
  return (
    <Answered name={name} loaded={loaded} at={loaded.data?.at} meanwhile="The simulated machine goes on by itself.">
      {(view, isOld) => (
        <>
          <p className={classes.opening}>{simulatorSentence(view)}</p>
          {error !== undefined && (
            <Callout role="alert" mark="fail" level="fail">
              <strong>Not changed.</strong> {error.message} <code>{error.code}</code>
            </Callout>
          )}
          <Faults view={view} isOld={isOld} change={change} />
          <section className={classes.section} aria-labelledby="around">
            <h2 id="around">Around and inside it</h2>
            <div className={classes.settings}>
              {Object.keys(settingWords).flatMap((setting) => {
                const value = view.settings[setting]
                if (value === undefined) return []
                // A value that came from elsewhere begins the field anew.
                return [
                  <Setting key={`${setting} ${value}`} setting={setting} value={value} isOld={isOld} change={change} />,
                ]
              })}
            </div>
          </section>
          <Physics view={view} />
        </>
      )}
    </Answered>
  )
}

interface PartProps {
  readonly view: NodeSimulator
  readonly isOld: boolean
  readonly change: Change
}

function Faults({ view: { faults, possibleFaults }, isOld, change }: PartProps) {
  const has = new Set(faults)
  return (
    <section className={classes.section} aria-labelledby="faults">
      <h2 id="faults">What breaks</h2>
      <div className={classes.faults}>
        {possibleFaults.map((fault) => {
          const isOn = has.has(fault)
          const text = words(fault)
          return (
            <Button
              key={fault}
              variant={isOn ? 'filled' : 'default'}
              aria-pressed={isOn}
              disabled={isOld}
              onClick={() =>
                void change(isOn ? `${text} is over` : text, isOn ? { clear: [fault] } : { fault: [fault] })
              }
            >
              {text}
            </Button>
          )
        })}
      </div>
      <div>
        <Button
          variant="default"
          disabled={isOld || faults.length === 0}
          onClick={() => void change('everything is mended', { clear: [] })}
        >
          Mend everything
        </Button>
      </div>
    </section>
  )
}

interface SettingProps {
  readonly setting: string
  readonly value: number | null
  readonly isOld: boolean
  readonly change: Change
}

function Setting({ setting, value, isOld, change }: SettingProps) {
  const { label = words(setting), unit = '' } = settingWords[setting] ?? {}
  const { min, max } = settingReach(setting)
  const [shown, setShown] = useState<number | string>(value === null ? '' : toShown(setting, value))
  const isValid = typeof shown === 'number' && shown >= min && shown <= max
  const set = (): void => {
    if (isValid) void change(`${label} ${shown} ${unit}`, { set: [{ setting, value: fromShown(setting, shown) }] })
  }
  return (
    <form
      className={classes.setting}
      onSubmit={(event) => {
        event.preventDefault()
        set()
      }}
    >
      <NumberInput
        label={`${label}, ${unit}`}
        placeholder={value === null ? 'its own' : undefined}
        min={min}
        max={max}
        value={shown}
        onChange={setShown}
        error={shown === '' || isValid ? undefined : `From ${min} to ${max}`}
      />
      <Button type="submit" variant="default" disabled={isOld || !isValid}>
        Set
      </Button>
      {ownSettings.has(setting) && value !== null && (
        <Button
          variant="subtle"
          disabled={isOld}
          onClick={() => void change(`${label} is its own again`, { set: [{ setting, value: null }] })}
        >
          Give back
        </Button>
      )}
    </form>
  )
}

function Physics({ view: { fan, cpu, supply } }: { readonly view: NodeSimulator }) {
  const facts = [
    [
      'Processor',
      `${cpu.celsius.toFixed(1)} °C, ${Math.round(cpu.busyRatio * 100)} % busy, limit ${Math.round(cpu.limitRatio * 100)} %`,
    ],
    ['Fan', `${Math.round(fan.rpm)} rpm at ${Math.round(fan.dutyRatio * 100)} % duty`],
    ['Supply', `${supply.source}, ${supply.volts.toFixed(2)} V, ${supply.watts.toFixed(2)} W`],
  ] as const
  return (
    <section className={classes.section} aria-labelledby="physics">
      <h2 id="physics">As an exact observer sees it</h2>
      <dl className={classes.facts}>
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-figures>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
