import type { Page } from '@playwright/test'
import { allNodes } from '../support/fleet.ts'
import { opening } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

/** Members measure their links first, and tell them to the station: on a busy machine that takes a while. */
test.describe.configure({ timeout: 180_000 })
const told = { timeout: 60_000 } as const

/** The sentence over the links, once they are told. */
const whole = /^All 7 members are linked; slowest round trip \S+ ↔ \S+ [\d.]+\sms/u

const onRing = (page: Page, name?: string) => {
  const all = page.getByTestId('mesh-member')
  return name === undefined ? all : all.and(page.locator(`[data-name="${name}"]`))
}

test('shows every member, who is linked to whom, and says it in a sentence', async ({ page }) => {
  await page.goto('/mesh')
  await expect(onRing(page)).toHaveCount(allNodes.length + 1)
  await expect(onRing(page, 'station')).toHaveAttribute('data-role', 'station')
  await expect(opening(page)).toHaveText(whole, told)
  await expect(onRing(page, 'roof-1')).toHaveAccessibleName(/^roof-1, \w+, [1-6] links?$/)

  await onRing(page, 'roof-1').click()
  const panel = page.getByRole('complementary', { name: 'roof-1' })
  const links = panel.getByRole('table', { name: 'Links of roof-1' })
  await expect(links.getByRole('rowheader').filter({ hasText: 'station' })).toBeVisible()
  await expect(
    links
      .getByRole('row')
      .filter({ hasText: /\d\sms/u })
      .first(),
  ).toBeVisible(told)
  await expect(page).toHaveURL(/member=/)
  await page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
})

test('members stand still, and are reached with the arrows', async ({ page }) => {
  await page.goto('/mesh')
  await expect(onRing(page)).toHaveCount(allNodes.length + 1)
  await expect(opening(page), 'words that still grow would move the ring').toHaveText(whole, told)
  const places = async () =>
    await onRing(page).evaluateAll((members) =>
      members.map((element) => {
        const { x, y } = element.getBoundingClientRect()
        return `${element.dataset['name']} ${Math.round(x)} ${Math.round(y)}`
      }),
    )
  const before = await places()
  await onRing(page, 'station').focus()
  await page.keyboard.press('ArrowRight')
  await expect(onRing(page, 'bench-1')).toBeFocused()
  await page.keyboard.press('End')
  await expect(onRing(page, 'shed-1')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: 'shed-1' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect.poll(places, { message: 'the ring is as it was' }).toEqual(before)
})

test('the same as a matrix, with the keyboard and in any order', async ({ page }) => {
  await page.goto('/mesh')
  await page.getByRole('radio', { name: 'Matrix' }).check()
  await expect(page).toHaveURL(/view=matrix/)
  const matrix = page.getByRole('table', { name: 'Round trips between members' })
  await expect(matrix.getByRole('rowheader')).toHaveCount(allNodes.length + 1)
  await expect(matrix.getByRole('cell', { name: /^station to roof-1: [\d.]+\sms/u })).toBeVisible(told)
  await expect(matrix.getByRole('cell', { name: 'roof-1 itself' })).toBeVisible()
  await matrix.locator('[data-cell="0 1"]').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await expect(matrix.locator('[data-cell="1 2"]')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: allNodes[1] ?? '' })).toBeVisible()
  await page.getByRole('combobox', { name: 'Order of the matrix' }).selectOption('slowest')
  await expect(page).toHaveURL(/order=slowest/)
})

test('the same as a list, for those who listen', async ({ page }) => {
  await page.goto('/mesh?view=list')
  const links = page.getByTestId('link-row')
  await expect(links.filter({ hasText: 'station' })).toHaveCount(allNodes.length, told)
  await page.keyboard.press('v')
  await expect(page).toHaveURL(/\/mesh$/)
})
