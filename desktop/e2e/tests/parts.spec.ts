import type { Locator, Page } from '@playwright/test'
import { expectAccessible } from '../support/accessibility.ts'
import { allNodes } from '../support/fleet.ts'
import { row, wallMark } from '../support/screens.ts'
import { keepScreenshot } from '../support/screenshots.ts'
import { expect, test } from '../support/test.ts'
import { chooseTheme, themes } from '../support/themes.ts'

/** A part is asked for several times, with growing waits, before its failure is shown. */
test.describe.configure({ timeout: 120_000 })

const gaveUp = { timeout: 40_000 } as const
const failedRequests = /Failed to load resource: net::ERR_/

const chunk = (name: string): RegExp => new RegExp(`/assets/${name}-[\\w-]{8}\\.js$`)
const breakdown = (page: Page, place: string): Locator =>
  page.getByTestId('breakdown').and(page.locator(`[data-place="${place}"]`))

async function go(page: Page, screen: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: screen }).click()
}

/** Every sheet that the page links is in force. */
async function expectStyled(page: Page): Promise<void> {
  const sheets = await page
    .locator('link[rel="stylesheet"]')
    .evaluateAll((links) => links.map((link) => ((link as HTMLLinkElement).sheet?.cssRules.length ?? 0) > 0))
  expect(sheets).toEqual([true])
}

for (const [what, name] of [
  ['a screen', 'nodes-screen'],
  ['what a screen is made of', 'segments'],
] as const) {
  test(`${what} that does not come at first is asked for again, and comes with its style`, async ({
    page,
    watcher,
  }) => {
    watcher.allow(failedRequests)
    let asked = 0
    await page.route(chunk(name), async (route) => {
      asked += 1
      await (asked <= 3 ? route.abort() : route.continue())
    })
    await page.goto('/')
    await expect(wallMark(page)).toHaveCount(allNodes.length)
    await go(page, 'Nodes')
    await expect(row(page)).toHaveCount(allNodes.length, { timeout: 20_000 })
    expect(asked, 'the browser did ask again').toBe(4)
    await expectStyled(page)
    await expect(page.getByRole('radiogroup', { name: 'View' })).toHaveCSS('display', 'flex')
    await expect(breakdown(page, 'screen')).toHaveCount(0)
    await keepScreenshot(page, `parts-late-${name}`)
  })
}

test('a screen that never comes says so; the others work, and it is there when it can be had', async ({
  page,
  context,
  watcher,
}) => {
  watcher.allow(failedRequests)
  await page.goto('/')
  await page.route(chunk('nodes-screen'), async (route) => route.abort())
  await page.reload()
  await expect(wallMark(page)).toHaveCount(allNodes.length)
  await go(page, 'Nodes')
  await expect(page.getByRole('status', { name: 'Loading the page' })).toBeVisible()
  const shown = breakdown(page, 'screen')
  await expect(shown).toBeVisible(gaveUp)
  await expect(shown.getByRole('alert')).toContainText('This screen could not be loaded')
  await expect(shown.getByRole('alert')).toContainText('Code: UNAVAILABLE')
  await expect(shown, 'reading goes on here').toBeFocused()

  for (const button of ['Try again', 'Reload']) {
    await page.keyboard.press('Tab')
    await expect(shown.getByRole('button', { name: button })).toBeFocused()
  }
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(shown.getByLabel('Details of the failure')).toHaveValue(/\/nodes\n[^]*dynamically imported module/)
  for (const theme of themes) {
    await chooseTheme(page, theme)
    await expectAccessible(page, `a screen that did not come, ${theme}`)
    await keepScreenshot(page, `parts-missing-${theme}`)
  }

  await go(page, 'Mesh')
  await expect(page.getByTestId('mesh-member').first()).toBeVisible()
  await expect(shown).toBeHidden()
  await go(page, 'Nodes')
  await expect(shown).toBeVisible(gaveUp)
  await page.unroute(chunk('nodes-screen'))
  // The browser loses its network and finds it again: nobody has to press anything.
  await context.setOffline(true)
  await expect(shown).toBeVisible()
  await context.setOffline(false)
  await expect(row(page)).toHaveCount(allNodes.length)
  await expectStyled(page)
})

test('a person can ask again for a screen that did not come', async ({ page, watcher }) => {
  watcher.allow(failedRequests)
  await page.route(chunk('events-screen'), async (route) => route.abort())
  await page.goto('/events')
  const shown = breakdown(page, 'screen')
  await expect(shown).toBeVisible(gaveUp)
  await page.unroute(chunk('events-screen'))
  await shown.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByTestId('event-row').first()).toBeVisible()
  await expect(page.getByRole('main'), 'the focus does not get lost').toBeFocused()
})

test('a fault in one screen leaves the others alone', async ({ page, watcher }) => {
  watcher.allow(/planted fault/)
  await page.route(chunk('mesh-screen'), async (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: 'export function MeshScreen() { throw new Error("planted fault") }',
    }),
  )
  await page.goto('/mesh')
  const shown = breakdown(page, 'screen')
  await expect(shown.getByRole('alert')).toContainText('This screen stopped because of a fault')
  await expect(shown.getByRole('alert')).toContainText('Code: INTERNAL')
  await shown.getByText('Details', { exact: true }).click()
  await expect(shown.getByLabel('Details of the failure')).toHaveValue(/planted fault[^]*at MeshScreen/)
  await shown.getByRole('button', { name: 'Try again' }).click()
  await expect(shown).toBeVisible()
  await expectAccessible(page, 'a screen with a fault')
  await keepScreenshot(page, 'parts-fault-dark')
  await go(page, 'Nodes')
  await expect(row(page)).toHaveCount(allNodes.length)
  expect(watcher.provoked, 'a fault is on the console').not.toEqual([])
})

test('search and dialogs that never come are missed only by who asks for them', async ({ page, watcher }) => {
  watcher.allow(failedRequests)
  await page.route(chunk('overlays'), async (route) => route.abort())
  await page.goto('/')
  await expect(wallMark(page)).toHaveCount(allNodes.length)
  await page.keyboard.press('Control+k')
  const shown = breakdown(page, 'overlays')
  await expect(shown).toBeVisible(gaveUp)
  await expect(shown.getByRole('alert')).toContainText('Search, help and dialogs could not be loaded')
  for (const theme of themes) {
    await chooseTheme(page, theme)
    await expectAccessible(page, `search that did not come, ${theme}`)
    await keepScreenshot(page, `parts-no-search-${theme}`)
  }
  await shown.getByRole('button', { name: 'Close' }).click()
  await expect(shown).toBeHidden()
  await page.unroute(chunk('overlays'))
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('textbox', { name: 'Search and commands' })).toBeFocused({ timeout: 20_000 })
})

test('a fault in what stands around the screens is said too, and can be overcome', async ({ page, watcher }) => {
  watcher.allow(/planted fault/)
  await page.addInitScript(() => {
    const { requestIdleCallback } = window
    if (sessionStorage.getItem('planted') === null) return
    window.requestIdleCallback = () => {
      window.requestIdleCallback = requestIdleCallback
      throw new Error('planted fault')
    }
  })
  await page.goto('/')
  const shown = breakdown(page, 'page')
  for (const theme of themes) {
    await page.evaluate(() => sessionStorage.removeItem('planted'))
    await page.reload()
    await chooseTheme(page, theme)
    await page.evaluate(() => sessionStorage.setItem('planted', 'yes'))
    await page.reload()
    await expect(shown.getByRole('heading', { level: 1 })).toHaveText('This page stopped because of a fault')
    await expect(shown).toBeFocused()
    await expectAccessible(page, `a fault of the page, ${theme}`)
    await keepScreenshot(page, `parts-page-fault-${theme}`)
  }
  await shown.getByRole('button', { name: 'Try again' }).click()
  await expect(wallMark(page)).toHaveCount(allNodes.length)
})
