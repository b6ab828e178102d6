import type { Clock } from '@wrale/kernel'
import type { NodeView } from '../node-view.ts'

export interface ProbeCheck {
  readonly name: string
  readonly ok: boolean
  readonly detail?: string
}

export interface ProbeResult {
  readonly ok: boolean
  readonly checks: readonly ProbeCheck[]
}

/** A sample may be this much late before the daemon counts as stuck, ms. */
const lateMs = 10_000

/** Whether the daemon itself works: a daemon that is not live should be restarted. Being alone or unclaimed is not a defect. */
export function livez(view: NodeView, clock: Clock): ProbeResult {
  return probe([telemetryCheck(view, clock)])
}

/** Whether the node does its work in the fleet. */
export function readyz(view: NodeView, clock: Clock): ProbeResult {
  const { standing } = view.standing()
  const membership: ProbeCheck =
    standing === 'member'
      ? { name: 'membership', ok: true }
      : {
          name: 'membership',
          ok: false,
          detail: standing === 'enrolling' ? 'not a member yet: joining' : 'not a member',
        }
  return probe([telemetryCheck(view, clock), membership, storageCheck(view)])
}

/** A restart does not help a full disk, and ends what goes on in memory: it is a matter of readiness, not of life. */
function storageCheck(view: NodeView): ProbeCheck {
  const problem = view.storageProblem()
  return problem === undefined
    ? { name: 'storage', ok: true }
    : { name: 'storage', ok: false, detail: `${problem.code}: ${problem.message}` }
}

function telemetryCheck(view: NodeView, clock: Clock): ProbeCheck {
  const latest = view.latest()
  if (latest === undefined) return { name: 'telemetry', ok: false, detail: 'no sample yet' }
  const ageMs = clock.monotonicMs() - latest.observation.atMs
  const ok = ageMs <= 3 * view.sampleIntervalMs + lateMs
  return ok
    ? { name: 'telemetry', ok }
    : { name: 'telemetry', ok, detail: `the last sample is ${Math.round(ageMs / 1000)} s old` }
}

function probe(checks: readonly ProbeCheck[]): ProbeResult {
  return { ok: checks.every(({ ok }) => ok), checks }
}
