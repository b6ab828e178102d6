import type { Page } from '@playwright/test'
import { expectAccessible } from '../support/accessibility.ts'
import { allNodes } from '../support/fleet.ts'
import { cell, openNodeTab, row, sidePanel, wallMark } from '../support/screens.ts'
import { keepScreenshot } from '../support/screenshots.ts'
import { expect, test } from '../support/test.ts'
import { chooseTheme, expectTheme, themes } from '../support/themes.ts'

/** Many screens in one test, and axe looks at each of them. */
test.describe.configure({ timeout: 180_000 })

test('a theme is chosen in the menu and kept', async ({ page }) => {
  await page.goto('/')
  await expectTheme(page, 'dark')
  const colours = new Set<string>()
  for (const theme of themes) {
    await chooseTheme(page, theme)
    await page.reload()
    await expectTheme(page, theme)
    colours.add(
      await page
        .locator('body')
        .evaluate((body) => getComputedStyle(body).backgroundColor + getComputedStyle(body).color),
    )
  }
  expect(colours.size, 'themes differ').toBe(themes.length)
})

test('the menu tells everyone which theme is chosen', async ({ page }) => {
  await page.goto('/')
  await chooseTheme(page, 'outdoor')
  await page.getByRole('button', { name: 'Theme and display' }).click()
  await expect(page.getByRole('menuitemradio', { name: 'Outdoor' })).toBeChecked()
  await expect(page.getByRole('menuitemradio', { name: 'Dark' })).not.toBeChecked()
  await expectAccessible(page, 'the menu of themes')
})

test('the t key goes through the themes', async ({ page }) => {
  await page.goto('/')
  await expect(wallMark(page)).toHaveCount(allNodes.length)
  for (const theme of themes) {
    await page.keyboard.press('t')
    await expectTheme(page, theme)
  }
})

/** Screens about members, links and what happened, and what shows that each has loaded. */
const newer = (page: Page) => [
  { path: '/groups', name: 'groups', there: page.getByRole('heading', { level: 1, name: /group/ }) },
  { path: '/mesh', name: 'mesh', there: page.getByTestId('mesh-member').first() },
  { path: '/mesh?view=matrix', name: 'mesh-matrix', there: page.getByRole('rowheader').first() },
  { path: '/mesh?view=list', name: 'mesh-list', there: page.getByTestId('link-row').first() },
  { path: '/events', name: 'events', there: page.getByTestId('event-row').first() },
  { path: '/conflicts', name: 'conflicts', there: page.getByText('Nothing waits for a decision.') },
  { path: '/security/members', name: 'members', there: page.getByTestId('member-row').first() },
  { path: '/security/tokens', name: 'tokens', there: page.getByTestId('token-row').first() },
  { path: '/security/recovery', name: 'recovery', there: page.getByRole('button', { name: 'Show the 24 words' }) },
]

/** Pages of a node, and what shows that each has loaded. */
const ofNode = (page: Page) => [
  { tab: 'Hardware', name: 'node-hardware', there: page.getByTestId('line').first() },
  { tab: 'Thermal & power', name: 'node-thermal', there: page.getByTestId('curve-preview') },
  { tab: 'Tamper', name: 'node-tamper', there: page.getByTestId('tamper-sentence') },
  { tab: 'Diagnostics', name: 'node-diagnostics', there: page.getByTestId('diag-schedule') },
  { tab: 'Simulator', name: 'node-simulator', there: page.getByRole('button', { name: 'Mend everything' }) },
]

for (const theme of themes) {
  test(`every screen is accessible in the ${theme} theme`, async ({ page }) => {
    await page.goto('/')
    await chooseTheme(page, theme)
    await expect(wallMark(page)).toHaveCount(allNodes.length)
    await expect(page.getByRole('img', { name: /^Hottest/ })).toBeVisible()
    await expectAccessible(page, `Overview, ${theme}`)
    await keepScreenshot(page, `overview-${theme}`)

    await page.goto('/nodes')
    await expect(row(page)).toHaveCount(allNodes.length)
    await expectAccessible(page, `Nodes, ${theme}`)
    await keepScreenshot(page, `nodes-${theme}`)

    await cell(page, 'roof-2', 'seen').click()
    await expect(sidePanel(page, 'roof-2').getByRole('img', { name: /^Temperature/ })).toBeVisible()
    await expectAccessible(page, `Nodes with a panel, ${theme}`)
    await keepScreenshot(page, `nodes-panel-${theme}`)

    await page.goto('/nodes?view=cards')
    await expect(row(page)).toHaveCount(allNodes.length)
    await expectAccessible(page, `Nodes as cards, ${theme}`)
    await keepScreenshot(page, `nodes-cards-${theme}`)

    await page.goto('/')
    await wallMark(page, 'roof-1').click()
    await expect(page.getByTestId('chart').locator('canvas').first()).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Links' })).toBeVisible()
    await expectAccessible(page, `Node, ${theme}`)
    await keepScreenshot(page, `node-${theme}`)

    await expect(page.getByRole('list', { name: 'Labels' })).toBeVisible()
    await page.getByRole('button', { name: 'Change the place' }).click()
    await page.getByRole('button', { name: 'Write a note' }).click()
    await page.getByRole('button', { name: 'Add a label' }).click()
    await expectAccessible(page, `Node being described, ${theme}`)
    await page.keyboard.press('Escape')

    for (const { tab, name, there } of ofNode(page)) {
      await openNodeTab(page, 'roof-1', tab)
      await expect(there).toBeVisible()
      await expectAccessible(page, `${name}, ${theme}`)
      await keepScreenshot(page, `${name}-${theme}`)
    }

    for (const { path, name, there } of newer(page)) {
      await page.goto(path)
      await expect(there).toBeVisible()
      await expectAccessible(page, `${name}, ${theme}`)
      await keepScreenshot(page, `${name}-${theme}`)
    }

    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Keyboard and marks' })).toBeVisible()
    await expectAccessible(page, `Help, ${theme}`)
    await keepScreenshot(page, `help-${theme}`)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('textbox', { name: 'Search and commands' })).toBeFocused()
    await expectAccessible(page, `Palette, ${theme}`)
    await keepScreenshot(page, `palette-${theme}`)
    await page.keyboard.press('Escape')

    await page.goto('/sign-in')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in to this station')
    await expectTheme(page, theme)
    await expectAccessible(page, `Sign in, ${theme}`)
    await keepScreenshot(page, `sign-in-${theme}`)
  })
}
