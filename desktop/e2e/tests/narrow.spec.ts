import { expectAccessible } from '../support/accessibility.ts'
import { allNodes } from '../support/fleet.ts'
import { expectNoSidewaysScroll } from '../support/layout.ts'
import { filterBox, openNodeTab, row, wallMark } from '../support/screens.ts'
import { keepScreenshot } from '../support/screenshots.ts'
import { expect, test } from '../support/test.ts'
import { chooseTheme, themes } from '../support/themes.ts'

/** Many screens in one test, and axe looks at each of them. */
test.describe.configure({ timeout: 180_000 })

/** A phone. */
test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

test('on a phone every task works in one column', async ({ page }) => {
  await page.goto('/')
  const navigation = page.getByRole('navigation', { name: 'Main' })
  await expect(wallMark(page)).toHaveCount(allNodes.length)
  await navigation.getByRole('link', { name: /Nodes/ }).tap()
  await expect(row(page)).toHaveCount(allNodes.length)

  await filterBox(page).fill('gate')
  await expect(row(page)).toHaveCount(1)
  await row(page, 'gate-1').tap()
  await expect(page.getByRole('heading', { level: 1, name: 'gate-1' }), 'a row opens its page').toBeVisible()
  await expect(page.getByTestId('chart').locator('canvas').first()).toBeVisible()

  await page.getByRole('button', { name: 'Search and commands' }).tap()
  await page.getByRole('textbox', { name: 'Search and commands' }).fill('roof-2')
  await page.getByRole('dialog').getByText('roof-2', { exact: true }).tap()
  await expect(page.getByRole('heading', { level: 1, name: 'roof-2' })).toBeVisible()
  await navigation.getByRole('link', { name: /Overview/ }).tap()
  await expect(wallMark(page)).toHaveCount(allNodes.length)
})

for (const theme of themes) {
  test(`on a phone no screen scrolls sideways in the ${theme} theme`, async ({ page }) => {
    await page.goto('/')
    await chooseTheme(page, theme)
    await expect(wallMark(page)).toHaveCount(allNodes.length)
    await expectNoSidewaysScroll(page, 'Overview')
    await expectAccessible(page, `Overview on a phone, ${theme}`)
    await keepScreenshot(page, `phone-overview-${theme}`)

    await page.goto('/nodes')
    await expect(row(page)).toHaveCount(allNodes.length)
    await expectNoSidewaysScroll(page, 'Nodes')
    await expectAccessible(page, `Nodes on a phone, ${theme}`)
    await keepScreenshot(page, `phone-nodes-${theme}`)

    await page.goto('/nodes?view=cards')
    await expect(row(page).first()).toBeVisible()
    await expectNoSidewaysScroll(page, 'Nodes as cards')
    await keepScreenshot(page, `phone-nodes-cards-${theme}`)

    await page.goto('/')
    await wallMark(page, 'roof-1').tap()
    await expect(page.getByTestId('chart').locator('canvas').first()).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Links' })).toBeVisible()
    await expectNoSidewaysScroll(page, 'Node')
    await expectAccessible(page, `Node on a phone, ${theme}`)
    await keepScreenshot(page, `phone-node-${theme}`)

    for (const tab of ['Hardware', 'Thermal & power', 'Tamper', 'Diagnostics', 'Simulator']) {
      await openNodeTab(page, 'roof-1', tab)
      await expect(page.getByRole('main').getByRole('heading', { level: 2 }).first()).toBeVisible()
      await expectNoSidewaysScroll(page, tab)
      await expectAccessible(page, `${tab} on a phone, ${theme}`)
      await keepScreenshot(page, `phone-node-${tab.split(' ')[0]?.toLowerCase() ?? ''}-${theme}`)
    }

    for (const { path, name, there } of [
      { path: '/groups', name: 'groups', there: page.getByRole('button', { name: 'New group' }) },
      { path: '/mesh', name: 'mesh', there: page.getByTestId('mesh-member').first() },
      { path: '/mesh?view=list', name: 'mesh-list', there: page.getByTestId('link-row').first() },
      { path: '/events', name: 'events', there: page.getByTestId('event-row').first() },
      { path: '/security/members', name: 'members', there: page.getByTestId('member-row').first() },
      { path: '/security/tokens', name: 'tokens', there: page.getByTestId('token-row').first() },
      { path: '/security/recovery', name: 'recovery', there: page.getByRole('checkbox') },
    ]) {
      await page.goto(path)
      await expect(there).toBeVisible()
      await expectNoSidewaysScroll(page, name)
      await expectAccessible(page, `${name} on a phone, ${theme}`)
      await keepScreenshot(page, `phone-${name}-${theme}`)
    }

    await page.goto('/sign-in')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectNoSidewaysScroll(page, 'Sign in')
    await keepScreenshot(page, `phone-sign-in-${theme}`)
  })
}
