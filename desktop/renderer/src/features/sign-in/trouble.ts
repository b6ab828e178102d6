import type { FleetError } from '@wrale/kernel'

export interface SignInTrouble {
  readonly title: string
  readonly advice: string
}

/** What a failed sign-in means to the person, and what to do. */
export function signInTrouble({ code, message }: Pick<FleetError, 'code' | 'message'>): SignInTrouble {
  switch (code) {
    case 'TOKEN_USED_UP':
      return { title: 'This link was used already', advice: 'A link signs in one browser, once. Get a new one.' }
    case 'TOKEN_EXPIRED':
      return { title: 'This link has expired', advice: 'Links work for a few minutes. Get a new one.' }
    case 'TOKEN_INVALID':
    case 'INPUT_INVALID':
    case 'UNAUTHENTICATED':
    case 'NOT_FOUND':
      return {
        title: 'The station does not know this link',
        advice: 'It may be cut short, used up, or from another station. Get a new one.',
      }
    case 'RATE_LIMITED':
      return {
        title: 'Too many attempts',
        advice: 'The station takes no more for a while. Wait a minute, then open the link again.',
      }
    case 'UNAVAILABLE':
    case 'TIMEOUT':
      return {
        title: 'The station does not answer',
        advice:
          'Check that it runs and that this device is on its network, then open the link again: it is not used up.',
      }
    default:
      return { title: 'Signing in failed', advice: `The station said: ${message}` }
  }
}
