import { expect, test } from '../support/test.ts'

test('what happened is listed newest first, filtered, and what is new waits', async ({ page, fleet }) => {
  await page.goto('/events')
  const rows = page.getByTestId('event-row')
  await expect(rows.filter({ hasText: 'roof-1 joined the fleet' })).toBeVisible()
  await rows.filter({ hasText: 'roof-1 joined the fleet' }).getByRole('button').click()
  await expect(rows.filter({ hasText: 'roof-1 joined the fleet' })).toContainText('told by')

  // Only what people do is listed now, and here that is this test: nothing else can come between.
  await page.getByRole('button', { name: 'audit', exact: true }).click()
  await expect(page).toHaveURL(/name=audit/)
  await expect(rows.filter({ hasText: 'joined the fleet' })).toHaveCount(0)
  await expect(rows.first()).toHaveAttribute('data-name', /^audit\./)
  const before = await rows.count()
  await fleet.station.joinToken(3)
  await expect(page.getByRole('button', { name: '1 new' })).toBeVisible({ timeout: 20_000 })
  expect(await rows.count(), 'the list does not move by itself').toBe(before)
  await page.keyboard.press('.')
  await expect(rows).toHaveCount(before + 1)
  await expect(rows.first()).toContainText('join token')

  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/\/events$/)
  await expect(rows.filter({ hasText: 'roof-1 joined the fleet' })).toBeVisible()
  await page.getByRole('button', { name: 'critical', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'No event fits these filters' })).toBeVisible()
})
