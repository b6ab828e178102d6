import { allNodes, daemonOf, simulate } from '../support/fleet.ts'
import { expectToChange, opening, wallMark } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

test('says in a sentence how the fleet is and shows every node once', async ({ page }) => {
  await page.goto('/')
  await expect(opening(page)).toHaveText(/^(All 6 nodes are well\.|\d of 6 nodes needs? you: .+\.)$/)
  await expect(wallMark(page)).toHaveCount(allNodes.length)
  for (const name of allNodes) {
    await expect(wallMark(page, name)).toBeVisible()
    await expect(wallMark(page, name)).toHaveAttribute('data-state', /^(ok|warn|fail)$/)
  }
  await expect(page.getByRole('button', { name: /^This station: \d+ peers$/ })).toBeVisible()
  await expect(page.getByRole('banner')).toContainText('Lab fleet')
})

test('values change by themselves, without a reload', async ({ page, fleet }) => {
  await page.goto('/')
  const mark = wallMark(page, 'pump-1')
  await expect(mark).toContainText('°C')
  let loads = 0
  page.on('load', () => (loads += 1))
  const pump = daemonOf(fleet, 'pump-1')
  await expectToChange(mark, 'the temperature on the wall', {
    meanwhile: async () => await simulate(pump, 'set', 'ambientCelsius', '32'),
  })
  await simulate(pump, 'set', 'ambientCelsius', '24')
  expect(loads).toBe(0)
})

test('a mark leads to its node, and back returns', async ({ page }) => {
  await page.goto('/')
  await wallMark(page, 'gate-1').click()
  await expect(page.getByRole('heading', { level: 1, name: 'gate-1' })).toBeVisible()
  await page.goBack()
  await expect(wallMark(page)).toHaveCount(allNodes.length)
})

test('an address that no page has is explained', async ({ page }) => {
  await page.goto('/no-such-page')
  await expect(page.getByRole('heading', { name: 'There is no page at this address' })).toBeVisible()
  await page.getByRole('link', { name: 'Go to the overview' }).click()
  await expect(wallMark(page)).toHaveCount(allNodes.length)
})
