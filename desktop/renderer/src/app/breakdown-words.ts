import { toFleetError } from '@wrale/kernel'
import { PartError } from './part-loader.ts'

/** What broke: a screen, what opens over the screens, or all of the page. */
export type BrokenPlace = 'screen' | 'overlays' | 'page'

export interface BreakdownWords {
  readonly title: string
  readonly what: string
  /** What to do. */
  readonly todo: string
  readonly code: string
}

const names = {
  screen: 'This screen',
  overlays: 'Search, help and dialogs',
  page: 'This page',
} as const

const stillThere = {
  screen: 'The other screens can still be used.',
  overlays: 'The screens can still be used.',
  page: '',
} as const

/** What is said of a failure in the page itself. */
export function breakdownWords(place: BrokenPlace, error: unknown): BreakdownWords {
  const name = names[place]
  if (error instanceof PartError) {
    return {
      title: `${name} could not be loaded`,
      what: `The station did not send this part of its software. ${stillThere[place]}`.trim(),
      todo: 'It is tried again by itself when the station is back. If the station answers, reload: its software may have changed since this page was opened.',
      code: error.code,
    }
  }
  return {
    title: `${name} stopped because of a fault`,
    what: `The fault is in what this browser shows, not in the fleet: station and nodes go on by themselves. ${stillThere[place]}`.trim(),
    todo: 'Try again. If it stops again, reload while the station can be reached, and pass the details on to whoever looks after the software.',
    code: 'INTERNAL',
  }
}

/** More than this of one text helps nobody, characters. */
const maxTextLength = 4000

/** What helps to find the cause, to be passed on. The address is without its hash, which may hold the code of a sign-in link. */
export function breakdownDetails(
  error: unknown,
  { at, address, components }: { readonly at: Date; readonly address: URL; readonly components: string },
): string {
  const chain: string[] = []
  for (let one = error; one !== undefined && chain.length < 5; one = one instanceof Error ? one.cause : undefined) {
    chain.push(one instanceof Error ? (one.stack ?? `${one.name}: ${one.message}`) : toFleetError(one).message)
  }
  return [
    `${at.toISOString()} ${address.pathname}${address.search}`,
    ...chain.map((text) => text.slice(0, maxTextLength)),
    components.trim().slice(0, maxTextLength),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}
