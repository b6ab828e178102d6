import type { Page } from '@playwright/test'
import { allNodes } from '../support/fleet.ts'
import { filterBox, row, rowNames, sidePanel, wallMark } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

const searchField = (page: Page) => page.getByRole('textbox', { name: 'Search and commands' })

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await expect(searchField(page), 'what is typed before would be commands').toBeFocused()
}

/** Both strokes are on their way at once: a page that is busy with the screen before must not let too much time pass between them. */
async function go(page: Page, key: string): Promise<void> {
  await Promise.all([page.keyboard.press('g'), page.keyboard.press(key)])
}

test('a list is walked, chosen from and opened without a mouse', async ({ page }) => {
  await page.goto('/nodes?sort=name')
  await expect.poll(() => rowNames(page)).toEqual(allNodes)
  const [first = '', second = ''] = allNodes
  await page.keyboard.press('j')
  await expect(row(page, first)).toBeFocused()
  await page.keyboard.press('j')
  await expect(row(page, second)).toBeFocused()
  await page.keyboard.press('k')
  await expect(row(page, first)).toBeFocused()

  await page.keyboard.press('x')
  await expect(row(page, first).getByRole('checkbox')).toBeChecked()
  await page.keyboard.press('Shift+J')
  await expect(page.getByRole('region', { name: 'Selection' })).toContainText('2 nodes selected')

  await page.keyboard.press('Space')
  await expect(sidePanel(page, second)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(sidePanel(page, second), 'one step back closes the panel first').toBeHidden()
  await expect(page.getByRole('region', { name: 'Selection' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('region', { name: 'Selection' })).toBeHidden()

  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: second })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page, 'and from a page back to its list').toHaveURL(/\/nodes\?sort=name/)
})

test('a slash filters, and what is typed there is no command', async ({ page }) => {
  await page.goto('/nodes')
  await expect(row(page)).toHaveCount(allNodes.length)
  await page.keyboard.press('/')
  await expect(filterBox(page)).toBeFocused()
  await page.keyboard.type('gate')
  await expect(row(page)).toHaveCount(1)
  await expect(page).toHaveURL(/q=gate/)
  await page.keyboard.press('Escape')
  await expect(row(page)).toHaveCount(allNodes.length)
})

test('the palette finds a node and goes to it', async ({ page }) => {
  await page.goto('/')
  await expect(wallMark(page)).toHaveCount(allNodes.length)
  await openPalette(page)
  await page.keyboard.type('shed')
  await expect(page.getByRole('dialog').getByText('shed-1')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'shed-1' })).toBeVisible()
  await expect(searchField(page)).toBeHidden()
})

test('the palette does what it offers', async ({ page }) => {
  await page.goto('/')
  await expect(wallMark(page)).toHaveCount(allNodes.length)
  await openPalette(page)
  await page.keyboard.type('theme: out')
  await expect(page.getByRole('dialog').getByText('Theme: outdoor', { exact: true })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'outdoor')
  await openPalette(page)
  await page.keyboard.type('nothing is called this')
  await expect(page.getByText('Nothing has this name')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText('Nothing has this name')).toBeHidden()
})

test('keys go between screens, and a question mark tells which keys there are', async ({ page }) => {
  await page.goto('/')
  await expect(wallMark(page)).toHaveCount(allNodes.length)
  await go(page, 'n')
  await expect(row(page)).toHaveCount(allNodes.length)
  await go(page, 'o')
  await expect(wallMark(page)).toHaveCount(allNodes.length)

  for (const [key, address] of [
    ['m', '/mesh'],
    ['s', '/security/members'],
    ['t', '/security/tokens'],
    ['e', '/events'],
    ['c', '/conflicts'],
    ['g', '/groups'],
  ] as const) {
    await go(page, key)
    await expect(page).toHaveURL(address)
  }

  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keyboard and marks' })
  await expect(help).toBeVisible()
  await expect(help).toContainText('Search and commands')
  await expect(help).toContainText('Overdue, and no member has a link to it')
  await page.keyboard.press('Escape')
  await expect(help).toBeHidden()
})
