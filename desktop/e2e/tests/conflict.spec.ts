import type { FleetStation } from '@wrale/build/lab/fleet'
import { expectAccessible } from '../support/accessibility.ts'
import { startSmallFleet } from '../support/own-fleet.ts'
import { wallMark } from '../support/screens.ts'
import { keepScreenshot } from '../support/screenshots.ts'
import { expect, test as base } from '../support/test.ts'
import { chooseTheme, themes } from '../support/themes.ts'

const test = base.extend<object, { readonly van: FleetStation }>({
  fleet: [
    async ({ browserName: _ }, use) => {
      const fleet = await startSmallFleet('roof-1', 'roof-2')
      try {
        await use(fleet)
      } finally {
        await fleet.close()
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  van: [async ({ fleet }, use) => await use(await fleet.addStation('van')), { scope: 'worker', timeout: 60_000 }],
})
test.describe.configure({ timeout: 180_000 })

test('two stations that wrote apart show both words, and one of them is chosen', async ({
  page,
  fleet,
  van,
  watcher,
}) => {
  watcher.allow(/WebSocket connection to .* failed/, /Failed to load resource: net::ERR_/)
  const { station, daemons } = fleet
  const id = (await station.nodes()).find(({ name }) => name === 'roof-1')?.id ?? ''
  await expect
    .poll(async () => (await van.nodes()).map(({ name }) => name), { timeout: 30_000 })
    .toEqual(expect.arrayContaining(['roof-1', 'roof-2']))
  await page.goto('/')
  await expect(wallMark(page, 'roof-1')).toBeVisible()
  await expect(page.getByTestId('conflict-banner')).toHaveCount(0)

  // The first station is away while the van writes; then everyone else is away while the first station writes.
  station.process.kill('SIGTERM')
  await station.process.exit
  await van.change(id, { labels: { env: 'staging' } })
  const others = [van.process, ...daemons.map(({ process }) => process)]
  for (const process of others) process.freeze()
  try {
    await station.start()
    await station.change(id, { labels: { env: 'prod' } })
  } finally {
    for (const process of others) process.thaw()
  }

  const banner = page.getByTestId('conflict-banner')
  await expect(banner).toBeVisible({ timeout: 60_000 })
  await expect(banner).toContainText('Two stations disagree about the label env of roof-1.')
  for (const theme of themes) {
    await chooseTheme(page, theme)
    await expectAccessible(page, `the overview with a conflict, ${theme}`)
    await keepScreenshot(page, `overview-conflict-${theme}`)
  }
  await banner.click()
  const conflict = page.getByTestId('conflict')
  await expect(conflict).toHaveCount(1)
  await expect(conflict).toContainText('van')
  await expect(conflict).toContainText('station')
  await expectAccessible(page, 'Conflicts')
  await keepScreenshot(page, 'conflicts-outdoor')
  await conflict.getByRole('button', { name: /“staging”$/ }).click()
  await expect(conflict).toContainText('Decided: staging')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing waits for a decision.')
  await expect.poll(async () => (await station.conflicts()).length).toBe(0)
  await expect
    .poll(async () => (await van.node(id)).notes?.labels['env'], { timeout: 30_000, message: 'the van agrees' })
    .toBe('staging')
})
