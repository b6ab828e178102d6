import { toFleetError } from '@wrale/kernel'
import { absoluteTime } from '../model/time.ts'
import { copyText } from '../ui/clipboard.ts'
import { useScreen, useServices, useTimeStyle } from './hooks.ts'

/** What a person does about their session. Outcomes appear as notices. */
export function useAccess(): { readonly copySignInLink: () => Promise<void>; readonly signOut: () => Promise<void> } {
  const { backend, signOut } = useServices()
  const { notify } = useScreen()
  const style = useTimeStyle()
  const telling = (failure: string, task: () => Promise<void>) => async (): Promise<void> => {
    try {
      await task()
    } catch (error) {
      const { code, message } = toFleetError(error)
      notify(`${failure}: ${message} (${code})`, 'fail')
    }
  }
  return {
    copySignInLink: telling('No link was made', async () => {
      const { url, expiresAt } = await backend.createSignInLink()
      const until = absoluteTime(Date.parse(expiresAt), style)
      if (await copyText(url)) notify(`Copied a link that signs in one browser, once, until ${until}.`)
      else notify(`The browser refused to copy. The link, until ${until}: ${url}`)
    }),
    signOut: telling('You are still signed in', async () => {
      await signOut()
      window.location.assign('/sign-in')
    }),
  }
}
