import type { SafetyAction, WriteMode } from '../base/action.ts'
import { type Decision, decision, percent, type Stepped } from '../base/decision.ts'
import { type Cause, causeOf, type Reading, seen, type Trusted, trusted } from '../base/reading.ts'
import { advance, beyond, type Held, heldFrom, type Pace, paceAtStart, settle } from '../base/time.ts'
import type { StorageSettings } from './settings.ts'
import { countWritten, writtenAtStart, writtenInDay, type WrittenState } from './written.ts'

export interface StorageInputs {
  /** The kernel has made the file system read-only, as it does after an error; absent where it is not known. */
  readonly readOnly?: boolean | undefined
  readonly usedBytes?: Reading | undefined
  readonly totalBytes?: Reading | undefined
  /** Bytes that this daemon has written since it began. */
  readonly writtenBytes?: number | undefined
}

export interface StorageState {
  readonly pace: Pace
  readonly readOnly: Held<boolean>
  readonly space: 'unknown' | 'enough' | 'low' | 'full'
  readonly wear: 'within' | 'sparing' | 'capped'
  readonly written: WrittenState
}

export const storageAtStart: StorageState = {
  pace: paceAtStart,
  readOnly: heldFrom(false),
  space: 'unknown',
  wear: 'within',
  written: writtenAtStart,
}

/** Read-only file system, free space and bytes per day. */
export function stepStorage(
  before: StorageState,
  inputs: StorageInputs,
  settings: StorageSettings,
  nowMs: number,
): Stepped<StorageState> {
  const pace = advance(before.pace, nowMs)
  const trust = { min: 0, max: 2 ** 60, maxAgeMs: settings.maxAgeMs }
  const used = trusted(inputs.usedBytes, trust, pace.lastMs)
  const total = trusted(inputs.totalBytes, trust, pace.lastMs)
  const free =
    used === undefined || total === undefined || total.value === 0
      ? undefined
      : 1 - Math.min(1, used.value / total.value)
  const written = countWritten(before.written, inputs.writtenBytes, pace.atMs)
  const dayBytes = writtenInDay(written)
  const wanted = inputs.readOnly ?? before.readOnly.value
  const readOnly = settle(before.readOnly, wanted, pace.atMs, wanted ? 0 : settings.writableAfterMs)
  const space = spaceOf(free, before.space, settings)
  const wear = wearOf(dayBytes, before.wear, settings)

  const decisions: Decision[] = []
  const say = (from: string, to: string, reason: string, code: string, causes: readonly Cause[]): void => {
    decisions.push(decision({ policy: 'storage', from, to, reason, code, causes, atMs: pace.lastMs }))
  }
  if (readOnly.value !== before.readOnly.value) {
    const names = ['writable', 'read-only'] as const
    const reason = readOnly.value
      ? 'The storage has become read-only, which the kernel does after an error: nothing is written to it'
      : 'The storage can be written to again'
    const to = names[readOnly.value ? 1 : 0]
    say(names[readOnly.value ? 0 : 1], to, reason, `storage-${to}`, [seen('readOnly', inputs.readOnly ?? null)])
  }
  if (space !== before.space) {
    say(
      before.space,
      space,
      spaceText(space, free),
      `storage-space-${space}`,
      spaceCauses(free, space, total, settings),
    )
  }
  if (wear !== before.wear) {
    const limit = settings.bytesPerDay
    const causes: Cause[] = [{ name: 'writtenInDay', value: dayBytes, unit: 'bytesPerDay', limit }]
    say(before.wear, wear, wearText(wear, dayBytes, limit), `storage-wear-${wear}`, causes)
  }
  const state: StorageState = { pace, readOnly, space, wear, written }
  const mode = modeOf(state)
  const actions: SafetyAction[] = mode === 'usual' ? [] : [{ kind: 'writes', mode }]
  return { state, actions, decisions }
}

function spaceOf(
  free: number | undefined,
  held: StorageState['space'],
  { low, full }: StorageSettings,
): StorageState['space'] {
  if (free === undefined) return held
  if (beyond(free, { enter: full.enterRatio, exit: full.exitRatio }, held === 'full')) return 'full'
  const wasLow = held === 'low' || held === 'full'
  return beyond(free, { enter: low.enterRatio, exit: low.exitRatio }, wasLow) ? 'low' : 'enough'
}

function wearOf(bytes: number, held: StorageState['wear'], settings: StorageSettings): StorageState['wear'] {
  const { bytesPerDay, sparingEnterRatio, sparingExitRatio } = settings
  const sparing = { enter: bytesPerDay * sparingEnterRatio, exit: bytesPerDay * sparingExitRatio }
  // Once capped it stays so until the day's writes are back at where sparing begins.
  if (bytes > 0 && beyond(bytes, { enter: bytesPerDay, exit: sparing.enter }, held === 'capped')) return 'capped'
  return bytes > 0 && beyond(bytes, sparing, held !== 'within') ? 'sparing' : 'within'
}

function modeOf({ readOnly, space, wear }: StorageState): WriteMode {
  if (readOnly.value) return 'none'
  if (space === 'full' || wear === 'capped') return 'essential'
  return space === 'low' || wear === 'sparing' ? 'sparing' : 'usual'
}

function spaceText(space: StorageState['space'], free: number | undefined): string {
  const left = free === undefined ? '' : `${percent(free)} of the storage is free`
  switch (space) {
    case 'full':
      return `${left}: only what must survive is written`
    case 'low':
      return `${left}: less is written`
    case 'enough':
      return left
    case 'unknown':
      return 'The free space is not known'
  }
}

function spaceCauses(
  free: number | undefined,
  space: StorageState['space'],
  total: Trusted | undefined,
  { low, full }: StorageSettings,
): readonly Cause[] {
  if (free === undefined) return []
  const limit = space === 'full' ? full.enterRatio : low.enterRatio
  return [{ name: 'freeSpace', value: free, unit: 'ratio', limit }, ...(total === undefined ? [] : [causeOf(total)])]
}

function wearText(wear: StorageState['wear'], bytes: number, limit: number): string {
  const part = `${Math.round(bytes / 2 ** 20)} MiB were written in 24 hours, of ${Math.round(limit / 2 ** 20)} MiB`
  if (wear === 'within') return `${part}: it is written as usual`
  return wear === 'sparing' ? `${part}: less is written` : `${part}: only what must survive is written`
}
