import type { Page } from '@playwright/test'
import { expectAccessible } from '../support/accessibility.ts'
import { startSmallFleet, startUnclaimed } from '../support/own-fleet.ts'
import { row } from '../support/screens.ts'
import { keepScreenshot } from '../support/screenshots.ts'
import { expect, test as base } from '../support/test.ts'

/** Who is in the fleet changes here, so it is a fleet of its own. */
const test = base.extend({
  fleet: [
    async ({ browserName: _ }, use) => {
      const fleet = await startSmallFleet('roof-1', 'roof-2', 'gate-1')
      try {
        await use(fleet)
      } finally {
        await fleet.close()
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})
test.describe.configure({ timeout: 120_000 })

const member = (page: Page, name: string) => page.getByTestId('member-row').and(page.locator(`[data-name="${name}"]`))

test('a machine that waits is shown, taken in by its code, and then is a node like the others', async ({
  page,
  fleet,
}) => {
  await page.goto('/security/members')
  await expect(member(page, 'roof-1')).toHaveAttribute('data-standing', 'active')
  const machine = await startUnclaimed(fleet, 'fresh-1')
  try {
    const waiting = page.getByTestId('pending-claim').and(page.locator('[data-name="fresh-1"]'))
    await expect(waiting).toBeVisible({ timeout: 40_000 })
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('1 machine waits to be claimed.')
    await expectAccessible(page, 'Members with a machine that waits')
    await keepScreenshot(page, 'members-waiting-dark')

    const field = page.getByLabel('Claim code')
    await field.fill('zzzz zzzz zzzz')
    await expect(field, 'a code is grouped as it is typed').toHaveValue('ZZZZ-ZZZZ-ZZZZ')
    await page.getByRole('button', { name: 'Claim', exact: true }).click()
    await expect(page.getByText(/has this code/)).toBeVisible({ timeout: 30_000 })

    // As somebody types it from a console: small letters, spaces for dashes.
    await field.fill(machine.code.toLowerCase().replaceAll('-', ' '))
    await page.getByRole('button', { name: 'Claim', exact: true }).click()
    await expect(page.getByText('fresh-1 is a member now.')).toBeVisible({ timeout: 30_000 })
    await expect(member(page, 'fresh-1')).toHaveAttribute('data-standing', 'active', { timeout: 15_000 })
    await expect(waiting).toBeHidden({ timeout: 15_000 })

    await page.getByRole('link', { name: 'Open fresh-1' }).click()
    await expect(page.getByTestId('node-header')).toHaveAttribute('data-state', 'ok', { timeout: 30_000 })
  } finally {
    await machine.process.destroy()
  }
})

test('a code that is not whole is not sent', async ({ page }) => {
  await page.goto('/security/members')
  const field = page.getByLabel('Claim code')
  await field.fill('K7QF')
  await page.getByRole('button', { name: 'Claim', exact: true }).click()
  await expect(page.getByText('8 more characters.')).toBeVisible()
  await field.fill('K7QF2MPAXRU3')
  await expect(page.getByText(/Codes have no U/)).toBeVisible()
})

test('a member is put out after its name is typed, with the consequences said before', async ({ page }) => {
  // The consequences count links, which the members tell in their own time.
  await page.goto('/mesh?view=list')
  await expect(page.getByTestId('link-row').filter({ hasText: 'gate-1' }).first()).toBeVisible({ timeout: 60_000 })
  await page.goto('/security/members')
  await member(page, 'gate-1').getByRole('button', { name: 'gate-1' }).click()
  const panel = page.getByRole('complementary', { name: 'gate-1' })
  await expect(panel).toContainText('Certificate')
  await expect(page).toHaveURL(/member=/)
  await panel.getByRole('button', { name: 'Revoke gate-1' }).click()

  const dialog = page.getByRole('dialog', { name: 'Revoke gate-1' })
  await expect(dialog.getByRole('button', { name: 'Cancel' }), 'the safe choice has the focus').toBeFocused()
  await expect(dialog.getByRole('list', { name: 'What happens' })).toContainText(/gate-1 loses its \d links? at once/)
  await expect(dialog.getByRole('list', { name: 'What happens' })).toContainText('wrale-edge reset')
  await expectAccessible(page, 'Revoking a member')
  await keepScreenshot(page, 'members-revoke-dark')
  const button = dialog.getByRole('button', { name: 'Revoke gate-1' })
  await expect(button).toBeDisabled()
  await dialog.getByLabel('Reason').fill('stolen from the gate')
  await dialog.getByLabel(/This cannot be undone/).fill('gate-2')
  await expect(button, 'another name does not do').toBeDisabled()
  await dialog.getByLabel(/This cannot be undone/).fill('gate-1')
  await button.click()
  await expect(dialog.getByText('gate-1 is out of the fleet.')).toBeVisible({ timeout: 15_000 })
  await dialog.getByRole('button', { name: 'Close' }).last().click()

  await page.getByRole('button', { name: /Past members too/ }).click()
  await expect(member(page, 'gate-1')).toHaveAttribute('data-standing', 'revoked', { timeout: 15_000 })
  await expect(member(page, 'gate-1')).toContainText('stolen from the gate')
  await page.goto('/nodes')
  await expect(row(page, 'roof-1')).toBeVisible()
  await expect(row(page, 'gate-1'), 'it is no node of the fleet any more').toHaveCount(0)
})

test('a station does not put itself out', async ({ page }) => {
  await page.goto('/security/members')
  await member(page, 'station').getByRole('button', { name: 'station' }).click()
  const panel = page.getByRole('complementary', { name: 'station' })
  await expect(panel).toContainText('revoke it at another station')
  await expect(panel.getByRole('button', { name: /^Revoke/ })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
})

test('a token is made for a number of machines, shown once with its picture, and revoked', async ({ page, fleet }) => {
  await page.goto('/security/tokens')
  await page.getByRole('button', { name: 'New token' }).click()
  const form = page.getByRole('form', { name: 'New join token' })
  await form.getByLabel('What it is for').fill('spring batch')
  await form.getByRole('radio', { name: '7 days' }).check()
  await form.getByLabel('Machines that may join with it').fill('many')
  await expect(form.getByRole('button', { name: 'Make the token' })).toBeDisabled()
  await form.getByLabel('Machines that may join with it').fill('25')
  await form.getByRole('button', { name: 'Make the token' }).click()

  const token = page.getByTestId('join-token')
  await expect(token).toBeVisible()
  await expect(page.getByRole('img', { name: 'QR code of the join token “spring batch”' })).toBeVisible()
  await expectAccessible(page, 'A new token')
  await keepScreenshot(page, 'tokens-new-dark')
  const text = (await token.textContent()) ?? ''
  await page.getByRole('button', { name: 'I have it: forget it here' }).click()
  await expect(page.getByText(text), 'it is nowhere on the page any more').toHaveCount(0)

  const line = page.getByTestId('token-row').and(page.locator('[data-name="spring batch"]'))
  await expect(line).toContainText('usable')
  await expect(line).toContainText('0 of 25')
  const { stdout } = await fleet.station.cli('join-token', 'list')
  expect(stdout, 'the command line sees the same token').toContain('spring batch')

  await line.getByRole('button', { name: 'Revoke spring batch' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('The 25 machines that could still join with it no longer can.')
  await dialog.getByRole('button', { name: 'Revoke the token' }).click()
  await expect(dialog).toContainText('Nobody joins with “spring batch” any more.')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(line).toContainText('revoked')
})

test('the recovery kit shows 24 words after a deliberate step, and forgets them', async ({ page, fleet }) => {
  await page.goto('/security/recovery')
  const show = page.getByRole('button', { name: 'Show the 24 words' })
  await expect(show).toBeDisabled()
  await page.getByRole('checkbox').check()
  await show.click()
  const words = page.getByRole('region', { name: 'Recovery kit' }).getByRole('listitem')
  await expect(words).toHaveCount(24)
  await expectAccessible(page, 'The recovery kit')
  const first = (await words.first().innerText()).replaceAll(/[^a-z]/g, '')
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('heading', { name: /Recovery kit of the fleet Lab fleet/ })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden()
  await page.emulateMedia({ media: 'screen' })

  await page.getByRole('button', { name: 'Hide the words' }).click()
  await expect(words).toHaveCount(0)
  const kept = await page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), history.state]),
  )
  expect(first.length).toBeGreaterThan(2)
  expect(kept).not.toContain(first)
  await page.goto('/events?name=audit')
  await expect(page.getByTestId('event-row').first(), 'that they were shown is on record').toContainText(/recovery/i)
  expect(fleet.station.started?.ended).toBeUndefined()
})
