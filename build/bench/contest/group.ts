import type { Lab, LabProcess } from '../../lab/src/index.ts'

/** One member of a group: where it runs and as which process. */
export interface GroupMember {
  /** Number of its machine in the lab. */
  readonly machine: number
  readonly process: LabProcess
}

/**
 * Members of one kind of software, each on a machine of its own in one lab, as a contest drives them. What the members notice is
 * read from what they say (their logs, the station's live view), at the moment at which they say it. Times are ms.
 */
export interface Group extends AsyncDisposable {
  readonly name: string
  readonly lab: Lab
  readonly members: readonly GroupMember[]
  /** Starts all members, one every `gapMs`. @returns time from the last start until every member knew every other */
  meet(gapMs: number): Promise<number>
  /** Something happens at one member. */
  tell(): Promise<Telling>
  /** Something happens at one member, and nobody waits for others to hear it. */
  mutter(): Promise<void>
  /** Resolves when the loss of this member is shown to people. @returns the wall clock then */
  shownLost(index: number): Promise<number>
  /** Resolves when every member knows every other as alive again and holds what was said on the other side. @returns the wall clock then */
  healed(): Promise<number>
}

/** How something that happened at one member came to the others. */
export interface Telling {
  /** After which time each of those who had it within {@link tellTimeoutMs} had it, ms. */
  readonly timesMs: readonly number[]
  /** Those who did not have it by then. */
  readonly missed: number
}

/** Who has not heard by then did not hear when it mattered. */
export const tellTimeoutMs = 10_000
/** Longest wait for anything in a contest, ms. */
export const contestTimeoutMs = 120_000
