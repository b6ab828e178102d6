import type { Page } from '@playwright/test'
import { daemonOf, metal, simulate } from '../support/fleet.ts'
import { expectToChange, row, wallMark } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

/** An Ed25519 PeerId of nobody. */
const nobody = '12D3KooWBhMbLvQGgwLVeLFFYRmZFwwLyVDDZPDjKaqBbCr6tVQw'

async function openNode(page: Page, name: string): Promise<void> {
  await page.goto('/')
  await wallMark(page, name).click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
}

const chart = (page: Page, id: string) => page.getByTestId('chart').and(page.locator(`[data-chart="${id}"]`))

test('charts draw what the node says and go on by themselves', async ({ page }) => {
  await openNode(page, 'roof-1')
  for (const id of ['temperature', 'cpu', 'load', 'memory', 'disk', 'network', 'power', 'battery', 'fan']) {
    await expect(chart(page, id).locator('canvas'), `the chart ${id}`).toBeVisible()
  }
  const temperature = chart(page, 'temperature')
  await expect(temperature).toContainText(/\d+\.\d\s°C/u)
  const picture = async (): Promise<string> =>
    await temperature.locator('canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  const before = await picture()
  await expect.poll(picture, { message: 'the drawing changes', timeout: 30_000 }).not.toBe(before)
})

test('the same data as a table grows by itself', async ({ page, fleet }) => {
  test.setTimeout(180_000)
  await openNode(page, 'roof-1')
  await page.getByRole('button', { name: 'Temperature as a table' }).click()
  await expect(page).toHaveURL(/temperature/)
  const table = page.getByRole('table', { name: 'Temperature' })
  const readings = table.getByRole('row').filter({ has: page.getByRole('rowheader') })
  await expect(readings.first()).toHaveText(/^\d\d:\d\d:\d\d\s*\d+\.\d\s°C$/u)
  // A node at rest speaks seldom, and the short table holds six of its words: weather makes it speak.
  const roof = daemonOf(fleet, 'roof-1')
  try {
    await expectToChange(readings.first(), 'a newer reading stands on top', {
      meanwhile: async () => await simulate(roof, 'set', 'ambientCelsius', '34'),
    })
    const whole = page.getByRole('button', { name: /^Show all \d+ rows$/ })
    await expect(whole).toBeVisible({ timeout: 90_000 })
    await whole.click()
    const before = await readings.count()
    await expect.poll(async () => await readings.count(), { timeout: 40_000 }).toBeGreaterThan(before)
  } finally {
    await simulate(roof, 'set', 'ambientCelsius', '24')
  }
  await page.getByRole('button', { name: 'Temperature as a table' }).click()
  await expect(chart(page, 'temperature').locator('canvas')).toBeVisible()
})

test('says what the node is: hardware, software, addresses, links', async ({ page }) => {
  await openNode(page, 'roof-1')
  const about = page.getByRole('complementary', { name: 'About this node' })
  await expect(about).toContainText('Simulated board (Raspberry Pi 4 class)')
  await expect(about).toContainText(/4 × arm64/)
  await expect(about.getByRole('heading', { name: 'Software' })).toBeVisible()
  await expect(about).toContainText(/v?24\.\d+\.\d+/)
  await expect(about.getByRole('heading', { name: 'Addresses' })).toBeVisible()
  await expect(about.getByText(/\/ip4\/[\d.]+\/tcp\/\d+/).first()).toBeVisible()
  await expect(about.getByRole('heading', { name: 'Links' })).toBeVisible()
  await expect(about.getByRole('link', { name: 'gate-1' })).toBeVisible()
  await about.getByRole('link', { name: 'gate-1' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'gate-1' })).toBeVisible()
})

test('the node on real sensors shows this machine, and no part that it has not', async ({ page }) => {
  await openNode(page, metal)
  const about = page.getByRole('complementary', { name: 'About this node' })
  await expect(about.getByRole('heading', { name: 'Hardware' })).toBeVisible()
  await expect(about).not.toContainText('Simulated')
  await expect(chart(page, 'memory').locator('canvas')).toBeVisible()
  await expect(chart(page, 'fan')).toHaveCount(0)
})

test('a chart is zoomed by a drag and returns to live', async ({ page }) => {
  await openNode(page, 'roof-1')
  const live = page.getByText('Live', { exact: true })
  await expect(live).toBeVisible()
  const plot = chart(page, 'cpu').locator('.u-over')
  // What is still being loaded moves the chart: each step waits for it to stand still.
  const pointAt = async (share: number): Promise<void> => {
    const box = await plot.boundingBox()
    if (box === null) throw new Error('The chart has no place on the page')
    await plot.hover({ position: { x: box.width * share, y: box.height / 2 } })
  }
  await pointAt(0.5)
  await page.mouse.down()
  await pointAt(0.6)
  await pointAt(0.7)
  await page.mouse.up()
  await expect(page.getByRole('button', { name: 'Back to live' })).toBeVisible()
  await page.getByRole('button', { name: 'Back to live' }).click()
  await expect(live).toBeVisible()
})

test('an address that no node has is explained', async ({ page }) => {
  for (const id of [nobody, 'not-an-id']) {
    await page.goto(`/nodes/${id}`)
    await expect(page.getByRole('heading', { name: 'No node of this fleet has this address' })).toBeVisible()
    await expect(page.getByText('NOT_FOUND')).toBeVisible()
  }
  await page.getByRole('link', { name: 'Show all nodes' }).click()
  await expect(row(page, 'roof-1')).toBeVisible()
})
