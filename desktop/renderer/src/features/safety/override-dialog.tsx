import { TextInput } from '@mantine/core'
import type { PeerIdText } from '@wrale/protocol'
import type { SafetyView, Wish, WishKind } from '@wrale/protocol/node'
import { useState } from 'react'
import { useBackend } from '../../app/hooks.ts'
import { formatRatio } from '../../model/format.ts'
import {
  kindLabel,
  overrideConsequences,
  overrideSpans,
  parsePriority,
  presentWish,
  type WriteMode,
  writeWords,
} from '../../model/safety/demands.ts'
import { DangerDialog } from '../../ui/danger-dialog.tsx'
import { Segments } from '../../ui/segments.tsx'
import classes from './safety.module.css'

interface OverrideDialogProps {
  readonly id: PeerIdText
  readonly name: string
  readonly kind: WishKind
  readonly demands: SafetyView['demands']
  /** Longest that the node grants, s. */
  readonly maxSeconds: number
  readonly close: () => void
  readonly done: () => void
}

const maxWhy = 120

/** Asks for something in place of the safety policies: what, why and for how long, after saying what that does. */
export function OverrideDialog({ id, name, kind, demands, maxSeconds, close, done }: OverrideDialogProps) {
  const { control } = useBackend()
  const spans = overrideSpans(maxSeconds)
  const [wish, setWish] = useState<Wish | undefined>(() => presentWish(kind, demands))
  const [why, setWhy] = useState('')
  const [seconds, setSeconds] = useState(String(spans[Math.min(1, spans.length - 1)]?.seconds))
  const lasts = spans.find((span) => String(span.seconds) === seconds)?.label ?? ''
  const title = `Override ${kindLabel(kind).toLowerCase()} of ${name}`
  return (
    <DangerDialog
      title={title}
      consequences={wish === undefined ? ['Say what it is to be.'] : overrideConsequences(wish, demands, lasts)}
      confirmLabel={`Override for ${lasts}`}
      isReady={wish !== undefined && why.trim() !== ''}
      run={async () => {
        if (wish === undefined) return
        await control.override({ id, what: wish, why: why.trim(), forSeconds: Number(seconds) })
        done()
      }}
      result={
        <strong>
          {kindLabel(kind)} of {name} is overridden for {lasts}.
        </strong>
      }
      close={close}
    >
      <div className={classes.fields}>
        <WishField kind={kind} wish={wish} set={setWish} />
        <div>
          <span className={classes.fieldLabel}>For how long</span>
          <Segments
            label="For how long"
            options={spans.map((span) => ({ value: String(span.seconds), label: span.label }))}
            value={seconds}
            onChange={setSeconds}
          />
        </div>
        <TextInput
          label="Why"
          description="Needed. Whoever asks later reads it in the log."
          value={why}
          maxLength={maxWhy}
          autoComplete="off"
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
      </div>
    </DangerDialog>
  )
}

interface WishFieldProps {
  readonly kind: WishKind
  readonly wish: Wish | undefined
  readonly set: (wish: Wish | undefined) => void
}

const writeModes = (Object.keys(writeWords) as WriteMode[]).map((value) => ({ value, label: writeWords[value] }))
const onOff = [
  { value: 'on', label: 'on' },
  { value: 'off', label: 'off' },
] as const

function WishField({ kind, wish, set }: WishFieldProps) {
  const [priority, setPriority] = useState(wish?.kind === 'services' ? String(wish.keepFrom) : '0')
  switch (kind) {
    case 'fan':
      return (
        <Share
          label="Fan"
          least={0}
          value={wish?.kind === 'fan' ? wish.duty : 0}
          set={(duty) => set({ kind: 'fan', duty })}
        />
      )
    case 'cpu-limit':
      return (
        <Share
          label="Processor up to"
          least={5}
          value={wish?.kind === 'cpu-limit' ? wish.ratio : 1}
          set={(ratio) => set({ kind: 'cpu-limit', ratio })}
        />
      )
    case 'services':
      return (
        <TextInput
          label="Lowest priority of the services that run"
          description="From 0 (all run) to 100 (the most important alone)"
          inputMode="numeric"
          value={priority}
          error={wish === undefined && 'A whole number from 0 to 100'}
          onChange={(event) => {
            const keepFrom = parsePriority(event.currentTarget.value)
            setPriority(event.currentTarget.value)
            set(keepFrom === undefined ? undefined : { kind: 'services', keepFrom })
          }}
        />
      )
    case 'writes':
      return (
        <div>
          <span className={classes.fieldLabel}>Written is</span>
          <Segments
            label="Written is"
            options={writeModes}
            value={wish?.kind === 'writes' ? wish.mode : undefined}
            onChange={(mode) => set({ kind: 'writes', mode })}
          />
        </div>
      )
    case 'alarm':
      return (
        <div>
          <span className={classes.fieldLabel}>The alarm is</span>
          <Segments
            label="The alarm is"
            options={onOff}
            value={wish?.kind === 'alarm' && wish.on ? 'on' : 'off'}
            onChange={(value) => set({ kind: 'alarm', on: value === 'on' })}
          />
        </div>
      )
    case 'stay-on':
      return null
  }
}

interface ShareProps {
  readonly label: string
  /** Percent. */
  readonly least: number
  /** Ratio. */
  readonly value: number
  readonly set: (ratio: number) => void
}

function Share({ label, least, value, set }: ShareProps) {
  return (
    <label className={classes.share}>
      <span className={classes.fieldLabel}>
        {label} <strong data-figures>{formatRatio(value)}</strong>
      </span>
      <input
        type="range"
        min={least}
        max={100}
        step={1}
        value={Math.round(value * 100)}
        aria-valuetext={formatRatio(value)}
        onChange={(event) => set(Number(event.currentTarget.value) / 100)}
      />
    </label>
  )
}
