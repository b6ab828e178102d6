import { daemonOf, simulate, untilWell } from '../support/fleet.ts'
import { expectAccessible } from '../support/accessibility.ts'
import { cell, expectToChange, opening, problem, row, wallMark } from '../support/screens.ts'
import { keepScreenshot } from '../support/screenshots.ts'
import { expect, test } from '../support/test.ts'
import { chooseTheme, themes } from '../support/themes.ts'

/** Heat, silence and restarts take their time, and more of it on a busy machine. */
test.describe.configure({ timeout: 180_000 })

/** An age of silence, such as "12 s". */
const age = /\d+\s(s|min)/u

test('a stalled fan is a problem on the overview, with its reason, until it turns again', async ({ page, fleet }) => {
  const victim = daemonOf(fleet, 'roof-2')
  await untilWell(fleet, ['roof-2'])
  await page.goto('/')
  await expect(wallMark(page, 'roof-2')).toHaveAttribute('data-state', 'ok')
  await simulate(victim, 'set', 'loadRatio', '1')
  await simulate(victim, 'fault', 'fan-stall')
  try {
    await expect(problem(page, 'roof-2')).toBeVisible({ timeout: 30_000 })
    await expect(problem(page, 'roof-2')).toContainText('The fan does not turn')
    await expect(wallMark(page, 'roof-2')).toHaveAttribute('data-state', 'fail')
    await expect(opening(page)).toContainText(/of 6 nodes needs? you: .*roof-2 (has a stalled fan|is overheating)/)
    for (const theme of themes) {
      await chooseTheme(page, theme)
      await expectAccessible(page, `the overview with a problem, ${theme}`)
      await keepScreenshot(page, `overview-problem-${theme}`)
    }
  } finally {
    await simulate(victim, 'set', 'loadRatio', 'auto')
    await simulate(victim, 'clear')
  }
  await expect(problem(page, 'roof-2'), 'the problem leaves by itself').toBeHidden({ timeout: 60_000 })
  await untilWell(fleet, ['roof-2'])
})

test('a killed node is shown as lost, with its age and who saw it last; restarted, it is well again', async ({
  page,
  fleet,
}) => {
  const victim = daemonOf(fleet, 'gate-1')
  await untilWell(fleet, ['gate-1'])
  await page.goto('/nodes')
  await expect(row(page, 'gate-1')).toHaveAttribute('data-state', 'ok')
  const id = await row(page, 'gate-1').getAttribute('data-id')
  await victim.kill()
  try {
    await expect(row(page, 'gate-1')).toHaveAttribute('data-state', 'lost', { timeout: 25_000 })
    await expect(cell(page, 'gate-1', 'state')).toHaveText(age)
    await expect(cell(page, 'gate-1', 'why')).toContainText(/saw it last|heard last/)
    await keepScreenshot(page, 'nodes-lost-dark')
    await expectToChange(cell(page, 'gate-1', 'state'), 'the age grows')

    await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: /Overview/ })
      .click()
    await expect(opening(page)).toContainText(/gate-1 was last seen .*(ago|just now).* by \S+/u)
    await expect(problem(page, 'gate-1')).toHaveAttribute('data-state', 'lost')
    await expect(wallMark(page, 'gate-1')).toHaveAttribute('data-state', 'lost')
    for (const theme of themes) {
      await chooseTheme(page, theme)
      await expectAccessible(page, `the overview with a lost node, ${theme}`)
      await keepScreenshot(page, `overview-lost-${theme}`)
    }
  } finally {
    victim.start()
  }
  await expect(wallMark(page, 'gate-1')).toHaveAttribute('data-state', 'ok', { timeout: 30_000 })
  await expect(problem(page, 'gate-1')).toBeHidden()
  await page.goto('/nodes')
  await expect(row(page, 'gate-1'), 'it is the same node').toHaveAttribute('data-id', id ?? '')
})

test('a frozen node is found out, although its connections stand', async ({ page, fleet }) => {
  const victim = daemonOf(fleet, 'shed-1')
  await untilWell(fleet, ['shed-1'])
  await page.goto('/')
  await expect(wallMark(page, 'shed-1')).toHaveAttribute('data-state', 'ok')
  victim.process.freeze()
  try {
    await expect(wallMark(page, 'shed-1')).toHaveAttribute('data-state', 'lost', { timeout: 25_000 })
    await expect(problem(page, 'shed-1')).toContainText(age)
    await expect(opening(page)).toContainText(/shed-1 was last seen (.* ago|just now) by \S+/)
  } finally {
    victim.process.thaw()
  }
  await expect(wallMark(page, 'shed-1')).toHaveAttribute('data-state', 'ok', { timeout: 30_000 })
  await untilWell(fleet, ['shed-1'])
})

test('when the station restarts, the page says that it reconnects, and does', async ({ page, fleet, watcher }) => {
  watcher.allow(/WebSocket connection to .* failed/, /Failed to load resource: net::ERR_/)
  await page.goto('/')
  await expect(wallMark(page)).toHaveCount(6)
  const { station } = fleet
  station.process.kill('SIGTERM')
  const ended = await station.process.exit
  try {
    expect(ended).toEqual({ code: 0, signal: null })
    const banner = page.getByRole('status').filter({ hasText: 'No connection to the station' })
    await expect(banner).toBeVisible()
    await expect(banner).toContainText(/You see the fleet as of \d\d:\d\d:\d\d/)
    await expect(banner).toContainText(/Next try in|Trying now/)
    await expect(page.getByRole('button', { name: 'This station: Station not reached' })).toBeVisible()
    await expect(wallMark(page), 'what was known stays on the screen').toHaveCount(6)
    await keepScreenshot(page, 'overview-disconnected-dark')
    await expectAccessible(page, 'the overview without a station')
  } finally {
    await station.start()
  }
  await expect(page.getByText('No connection to the station')).toBeHidden({ timeout: 30_000 })
  await expect(page.getByRole('button', { name: /^This station: \d+ peers?$/ })).toBeVisible({ timeout: 30_000 })
  await expect(wallMark(page, 'roof-1')).toHaveAttribute('data-state', 'ok', { timeout: 30_000 })
  const roof = daemonOf(fleet, 'roof-1')
  await expectToChange(wallMark(page, 'roof-1'), 'values change again', {
    meanwhile: async () => await simulate(roof, 'set', 'ambientCelsius', '32'),
  })
  await simulate(roof, 'set', 'ambientCelsius', '24')
})
