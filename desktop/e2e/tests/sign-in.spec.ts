import { simulated } from '../support/fleet.ts'
import { opening, row, wallMark } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

/** What the browser itself writes on its console when someone is not signed in. */
const refusedRequest =
  /Failed to load resource: .* 4\d\d |WebSocket connection to .* failed: HTTP Authentication failed/

test('a link signs in one browser, once', async ({ fleet, stranger, page, context, watcher }) => {
  const link = await fleet.station.signInLink()
  await stranger.goto(link)
  await expect(stranger).toHaveURL('/')
  await expect(opening(stranger)).toBeVisible()
  await expect(wallMark(stranger)).toHaveCount(6)

  watcher.allow(refusedRequest)
  await context.clearCookies()
  await page.goto(link)
  await expect(page.getByRole('heading', { name: 'This link was used already' })).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('TOKEN_USED_UP')
  expect(page.url(), 'the code does not stay in the address bar').not.toContain('code=')

  await page.goto('/nodes')
  await expect(page.getByRole('heading', { name: 'Sign in to this station' })).toBeVisible()
  await expect(row(page), 'nothing is shown to someone who is not signed in').toHaveCount(0)
})

test('a wrong code is explained, with what to do and the code to quote', async ({ stranger, watcher }) => {
  watcher.allow(refusedRequest)
  await stranger.goto('/sign-in#code=not-a-code-of-this-station')
  await expect(stranger.getByRole('heading', { level: 1 })).toHaveText('The station does not know this link')
  await expect(stranger.getByRole('alert')).toContainText('Get a new one')
  await expect(stranger.getByRole('alert')).toContainText('TOKEN_INVALID')
  await expect(stranger.getByText('wrale login --link')).toBeVisible()
})

test('someone without a session is asked to sign in and then sees the page', async ({ fleet, stranger, watcher }) => {
  watcher.allow(refusedRequest)
  await stranger.goto('/nodes?q=roof')
  await expect(stranger.getByRole('heading', { name: 'Sign in to this station' })).toBeVisible()
  await stranger.goto(await fleet.station.signInLink())
  await expect(wallMark(stranger)).toHaveCount(6)
})

test('signing out ends the session, and what was on the screen goes with it', async ({ fleet, stranger, watcher }) => {
  await stranger.goto(await fleet.station.signInLink())
  await expect(wallMark(stranger, simulated[0])).toBeVisible()
  watcher.allow(refusedRequest)
  await stranger.getByRole('button', { name: 'This session' }).click()
  await stranger.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(stranger.getByRole('heading', { name: 'Sign in to this station' })).toBeVisible()
  await stranger.goto('/')
  await expect(stranger.getByRole('heading', { name: 'Sign in to this station' })).toBeVisible()
  await expect(stranger.getByText(simulated[0])).toHaveCount(0)
})
