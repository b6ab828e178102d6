import type { NodeHardware } from '@wrale/protocol/api'
import { words } from '../../model/machine-words.ts'
import classes from './machine.module.css'

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`
const perDay = (bytes: number | undefined): string =>
  bytes === undefined ? 'not known yet' : `${(bytes / 1e6).toFixed(1)} MB`

/** Fan, processor, power and what else the machine has to act with. What it does not have is said in a word. */
export function Devices({ view }: { readonly view: NodeHardware }) {
  const facts = factsOf(view)
  return (
    <section className={classes.section} aria-labelledby="devices">
      <h2 id="devices">Devices</h2>
      <dl className={classes.facts}>
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function factsOf({
  fan,
  cpu,
  powerDown,
  watchdog,
  power,
  storage,
  clock,
}: NodeHardware): ReadonlyArray<readonly [string, string]> {
  const raised = Object.entries(power.alarms).filter(([, is]) => is)
  const now = raised.filter(([name]) => !name.endsWith('SinceBoot')).map(([name]) => words(name))
  const before = raised
    .filter(([name]) => name.endsWith('SinceBoot'))
    .map(([name]) => words(name.replace('SinceBoot', '')).toLowerCase())
  const none = 'none'
  return [
    ['Fan', fan === null ? none : fanText(fan)],
    ['Processor limit', cpu === null ? none : `${percent(cpu.askedRatio)} of its speed`],
    [
      'Shutting down',
      powerDown === null
        ? none
        : powerDown.allowed
          ? 'by its own policies'
          : 'not by itself: forbidden in its configuration',
    ],
    ['Watchdog', watchdog === null ? none : watchdogText(watchdog)],
    [
      'Supply',
      [power.source, power.supplyVolts === undefined ? undefined : `${power.supplyVolts.toFixed(2)} V`]
        .filter((text) => text !== undefined)
        .join(', ') || 'not known',
    ],
    ['Alarms of the firmware', now.length === 0 ? 'none now' : now.join(', ')],
    ['Since it started', before.length === 0 ? 'none' : before.join(', ')],
    ['Written a day', `${perDay(storage.ownBytesPerDay)} by Wrale, ${perDay(storage.systemBytesPerDay)} by the system`],
    [
      'Storage',
      [
        storage.readOnly === true ? 'read-only' : 'can be written to',
        storage.lifeUsedRatio === undefined ? undefined : `up to ${percent(storage.lifeUsedRatio)} of its life used`,
      ]
        .filter((text) => text !== undefined)
        .join(', '),
    ],
    ['Clock', clock === null ? 'not known' : clock.source === 'none' ? 'nothing sets it' : (clock.by ?? clock.source)],
  ]
}

function fanText({ name, askedDuty, rpm, stalled }: NonNullable<NodeHardware['fan']>): string {
  const duty = askedDuty === null ? 'under its own control' : `${percent(askedDuty)} asked`
  const speed = rpm === undefined ? 'speed not measured' : `${Math.round(rpm)} rpm`
  return `${duty}, ${stalled === true ? 'stalled' : speed} (${name})`
}

function watchdogText({ condition, failure, timeoutSeconds }: NonNullable<NodeHardware['watchdog']>): string {
  if (condition === 'closed') return 'not used'
  if (condition === 'failed') return failure ?? 'failed'
  return timeoutSeconds === undefined ? 'fed' : `fed; resets the machine after ${timeoutSeconds} s without`
}
