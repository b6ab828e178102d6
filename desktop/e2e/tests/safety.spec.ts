import type { Locator, Page } from '@playwright/test'
import { expectAccessible } from '../support/accessibility.ts'
import { daemonOf, simulate } from '../support/fleet.ts'
import { openNodeTab } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

const demand = (page: Page, kind: string): Locator => page.locator(`[data-testid="demand"][data-kind="${kind}"]`)
const policy = (page: Page, name: string): Locator => page.locator(`[data-testid="policy"][data-policy="${name}"]`)
const field = (page: Page, point: number, name: '°C' | 'fan in percent'): Locator =>
  page.getByRole('textbox', { name: `Point ${point}, ${name}` })

test('a fan curve is dragged and typed, used by the node, and taken back', async ({ page, fleet }) => {
  await openNodeTab(page, 'pump-1', 'Thermal & power')
  await expect(policy(page, 'thermal')).toHaveAttribute('data-state', 'normal')
  await expect(page.getByTestId('cooling-origin')).toContainText('from the node’s own configuration')
  await expect(page.getByTestId('curve-preview')).toContainText('this curve asks for')
  await expectAccessible(page, 'heat and power of a node')

  const handle = page.getByRole('slider', { name: 'Point 3 of 4' })
  await handle.scrollIntoViewIfNeeded()
  const before = await handle.boundingBox()
  const [x, y] = [(before?.x ?? 0) + 22, (before?.y ?? 0) + 22]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x - 12, y + 20, { steps: 4 })
  await page.mouse.up()
  await expect(handle).toBeFocused()
  expect(Number(await field(page, 3, '°C').inputValue())).toBeLessThan(65)
  expect(Number(await field(page, 3, 'fan in percent').inputValue())).toBeLessThan(70)
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Shift+ArrowRight')
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(field(page, 3, '°C')).toHaveValue('65')

  await field(page, 1, '°C').fill('60')
  await expect(page.getByText('Must be above the point before it')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save the curve' })).toBeDisabled()
  // A curve that asks for 60 % at any temperature that the node can have now.
  await field(page, 1, '°C').fill('10')
  await field(page, 1, 'fan in percent').fill('60')
  await field(page, 2, '°C').fill('60')
  await field(page, 2, 'fan in percent').fill('60')
  await page.getByRole('button', { name: 'Save the curve' }).click()
  await expect(page.getByText('Fan curve saved.')).toBeVisible()
  await expect(page.getByTestId('cooling-origin')).toContainText('A curve from the fleet')
  await expect(demand(page, 'fan'), 'the node uses it').toContainText('60')
  const said = await fleet.station.cli('describe', 'node', 'pump-1')
  expect(said.stdout).toContain('curve of the fleet')

  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByTestId('cooling-origin')).toContainText('from the node’s own configuration')
  await page.getByRole('radio', { name: 'Cool' }).check()
  await expect(page.getByTestId('cooling-origin')).toContainText('The curve of the profile cool, from the fleet')
  await page.getByRole('button', { name: 'Back to the node’s own' }).click()
  await expect(page.getByTestId('cooling-origin')).toContainText('profile balanced, from the node’s own')
})

test('an override needs a reason, holds for its time, and is ended', async ({ page }) => {
  await openNodeTab(page, 'shed-1', 'Thermal & power')
  await page.getByRole('button', { name: 'Override fan' }).click()
  const dialog = page.getByRole('dialog')
  const confirm = dialog.getByRole('button', { name: 'Override for' })
  await expect(confirm).toBeDisabled()
  await dialog.getByRole('slider', { name: 'Fan' }).fill('85')
  await dialog.getByRole('radio', { name: '5 min', exact: true }).check()
  await expect(dialog.getByRole('list', { name: 'What happens' })).toContainText('ends by itself after 5 min')
  await dialog.getByRole('textbox', { name: 'Why' }).fill('Listening to the bearing')
  await confirm.click()
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(demand(page, 'fan')).toContainText('85')
  await expect(demand(page, 'fan')).toContainText('Listening to the bearing')
  await expect(page.getByTestId('override-left')).toContainText('4 min more')
  await page.getByRole('button', { name: 'End the override of fan' }).click()
  await expect(demand(page, 'fan')).toContainText('by the policies')
  await expect(page.locator('[data-testid="decision"][data-code="override-granted"]')).toContainText(
    'Listening to the bearing',
  )
})

test('heat is told with its cause, and the step that it led to', async ({ page, fleet }) => {
  const daemon = daemonOf(fleet, 'gate-1')
  await openNodeTab(page, 'gate-1', 'Thermal & power')
  await simulate(daemon, 'fault', 'fan-stall')
  await simulate(daemon, 'set', 'loadRatio', '1')
  await simulate(daemon, 'set', 'ambientCelsius', '55')
  try {
    await expect(policy(page, 'thermal')).not.toHaveAttribute('data-state', 'normal', { timeout: 60_000 })
    await expect(policy(page, 'thermal')).toContainText('against')
    await expect(page.getByTestId('safety-sentence')).toContainText('°C is above')
  } finally {
    await simulate(daemon, 'clear')
    await simulate(daemon, 'set', 'loadRatio', 'auto')
    await simulate(daemon, 'set', 'ambientCelsius', '24')
  }
})

test('a self-test is run, watched, reported and kept', async ({ page, context }) => {
  await openNodeTab(page, 'roof-1', 'Diagnostics')
  await expect(page.getByTestId('diag-schedule')).toBeVisible()
  await page.getByRole('checkbox', { name: 'Under load' }).check()
  await expect(page.getByText('its services are slow meanwhile')).toBeVisible()
  await page.getByRole('checkbox', { name: 'Under load' }).uncheck()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  const report = page.getByTestId('diag-report')
  await expect(report).toBeVisible({ timeout: 45_000 })
  expect(await report.getByTestId('diag-result').count()).toBeGreaterThan(3)
  await expect(page.getByTestId('diag-sentence')).toContainText('Last self-test:')
  await expect(page.getByTestId('diag-run').first()).toHaveAttribute('data-state', 'done')
  await expectAccessible(page, 'the report of a self-test')

  const href = await report.getByRole('link', { name: 'Report to print' }).getAttribute('href')
  const paper = await context.newPage()
  await paper.goto(href ?? '')
  await expect(paper.getByRole('heading', { level: 1 })).toContainText('Self-test of roof-1')
  expect(await paper.getByRole('row').count()).toBeGreaterThan(3)
  await paper.close()
  await expect(page.getByTestId('counter').first(), 'and how worn it is').toBeVisible()
})

test('an opened case is latched, and reset with a reason once it is shut', async ({ page, fleet }) => {
  const daemon = daemonOf(fleet, 'roof-2')
  await openNodeTab(page, 'roof-2', 'Tamper')
  await expect(page.getByTestId('tamper-sentence')).toHaveAttribute('data-stage', 'clear')
  await simulate(daemon, 'fault', 'case-open')
  const sign = page.locator('[data-testid="latched-sign"][data-channel="case"]')
  try {
    await expect(sign).toContainText('The case was opened')
    await expect(page.getByTestId('decision').first()).toContainText('The case is open')
    await expectAccessible(page, 'signs of tampering')
    const reset = page.getByRole('button', { name: 'Reset the signs' })
    await expect(reset, 'without a reason').toBeDisabled()
    await page.getByRole('textbox', { name: 'What you found out' }).fill('Electrician was here')
    await reset.click()
    await expect(page.getByTestId('reset-refused')).toContainText('First close the case')
  } finally {
    await simulate(daemon, 'clear')
  }
  await expect(async () => {
    await page.getByRole('button', { name: 'Reset the signs' }).click({ timeout: 1000 })
    await expect(page.getByTestId('tamper-sentence')).toHaveAttribute('data-stage', 'clear', { timeout: 3000 })
  }, 'once the node sees that it is shut').toPass({ timeout: 20_000 })
  await expect(sign).toHaveCount(0)
  await expect(page.locator('[data-testid="decision"][data-code="tamper-reset"]')).toContainText('Electrician was here')
})

test('fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  for (const tab of ['Thermal & power', 'Tamper', 'Diagnostics'] as const) {
    await openNodeTab(page, 'pump-1', tab)
    await expect(page.getByTestId(/^(safety|tamper|diag)-sentence$/)).toBeVisible()
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
      tab,
    ).toBeLessThanOrEqual(0)
    await expectAccessible(page, `${tab} on a phone`)
  }
})
