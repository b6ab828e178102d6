import { expectAccessible } from '../support/accessibility.ts'
import { daemonOf, metal, simulate } from '../support/fleet.ts'
import { openNodeTab } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

test('the pins, sensors and devices of a node are shown, and a free output is set', async ({ page }) => {
  await openNodeTab(page, 'roof-1', 'Hardware')
  const line = page.getByTestId('line').and(page.locator('[data-line="relay"]'))
  await expect(line).toContainText('GPIO 23, pin 16; safe: off')
  await expect(page.getByTestId('sensor').and(page.locator('[data-sensor="air"]'))).toContainText(/Humidity \d+ %/)
  await expect(page.getByRole('table', { name: /Pins of the header/ }).getByRole('row')).toHaveCount(21)
  await line.getByRole('button', { name: 'Turn on' }).click()
  await expect(line).toHaveAttribute('data-level', 'on')
  await line.getByRole('button', { name: 'Turn off' }).click()
  await expect(line).toHaveAttribute('data-level', 'off')
  const used = page.getByTestId('line').and(page.locator('[data-line="case-switch"]'))
  await expect(used).toContainText('the node’s own, for case')
  await expect(used.getByRole('button')).toHaveCount(0)
})

test('a fault is made and repaired in the simulator, and what it does is shown', async ({ page, fleet }) => {
  const name = 'shed-1'
  await openNodeTab(page, name, 'Simulator')
  try {
    const fault = page.getByRole('button', { name: 'Fan stall' })
    await fault.click()
    await expect(fault).toHaveAttribute('aria-pressed', 'true')
    await expectAccessible(page, 'the simulator of a node')
    await fault.click()
    await expect(fault).toHaveAttribute('aria-pressed', 'false')
  } finally {
    await simulate(daemonOf(fleet, name), 'clear')
  }
})

test('a node on a real machine has no simulator, and shows what it does not have', async ({ page }) => {
  await openNodeTab(page, metal, 'Hardware')
  await expect(page.getByText(/None are configured/).first()).toBeVisible()
  await expect(page.getByRole('link', { name: 'Simulator' })).toHaveCount(0)
})
