import { allNodes, daemonOf, metal, simulate, simulated, untilWell } from '../support/fleet.ts'
import { cell, filterBox, row, rowNames, sidePanel } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

test.beforeEach(async ({ page }) => {
  await page.goto('/nodes')
  await expect(row(page)).toHaveCount(allNodes.length)
})

test('lists every node with its values, and they change by themselves', async ({ page }) => {
  expect((await rowNames(page)).toSorted()).toEqual(allNodes)
  for (const name of simulated) {
    await expect(cell(page, name, 'temperature')).toHaveText(/^−?\d+\.\d$/)
    await expect(cell(page, name, 'cpu')).toHaveText(/^\d+$/)
    await expect(cell(page, name, 'seen')).toHaveText(/just now|s ago/)
  }
  const values = async (): Promise<string> => (await row(page).allInnerTexts()).join('\n')
  const before = await values()
  await expect.poll(values).not.toBe(before)
})

test('a filter narrows the list, is kept in the address, and survives a reload', async ({ page }) => {
  await filterBox(page).fill('roof')
  await expect(row(page)).toHaveCount(2)
  await expect(page).toHaveURL(/[?&]q=roof\b/)
  await expect(page.getByText('2 of 6 nodes')).toBeVisible()

  await page.reload()
  await expect(filterBox(page)).toHaveValue('roof')
  await expect(row(page)).toHaveCount(2)
  expect((await rowNames(page)).toSorted()).toEqual(['roof-1', 'roof-2'])

  await filterBox(page).fill('no such node')
  await expect(page.getByText('No node fits these filters')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await expect(row(page)).toHaveCount(allNodes.length)
  await expect(page).toHaveURL('/nodes')
})

test('kinds of nodes can be told apart', async ({ page }) => {
  await page.getByRole('group', { name: 'Kinds' }).getByRole('button', { name: 'hardware' }).click()
  await expect(row(page)).toHaveCount(1)
  await expect(row(page, metal)).toBeVisible()
})

test('states filter, by themselves and with words', async ({ page, fleet }) => {
  const victim = daemonOf(fleet, 'shed-1')
  const states = page.getByRole('group', { name: 'States' })
  await filterBox(page).fill('simulated')
  await expect(row(page)).toHaveCount(simulated.length)
  await simulate(victim, 'fault', 'power-loss')
  try {
    await fleet.view.until('shed-1 warns', ({ nodes }) => nodes.get('shed-1')?.state === 'warn', { timeoutMs: 30_000 })
    await states.getByRole('button', { name: /^warn/ }).click()
    await expect(row(page, 'shed-1')).toHaveAttribute('data-state', 'warn')
    await expect(row(page)).toHaveCount(1)
    await expect(page).toHaveURL(/state=warn/)
    await expect(cell(page, 'shed-1', 'why')).toContainText('battery')
    await page.reload()
    await expect(states.getByRole('button', { name: /^warn/ })).toHaveAttribute('aria-pressed', 'true')
    await expect(row(page, 'shed-1')).toBeVisible()
  } finally {
    await simulate(victim, 'clear')
  }
  await untilWell(fleet, ['shed-1'])
  await expect(row(page), 'a row leaves when its state no longer fits').toHaveCount(0)
})

test('columns sort both ways, and the address says how', async ({ page }) => {
  const head = page.getByRole('columnheader', { name: 'Name' })
  await head.getByRole('button').click()
  await expect(head).toHaveAttribute('aria-sort', 'ascending')
  await expect.poll(() => rowNames(page)).toEqual(allNodes)
  await head.getByRole('button').click()
  await expect(head).toHaveAttribute('aria-sort', 'descending')
  await expect.poll(() => rowNames(page)).toEqual(allNodes.toReversed())
  await expect(page).toHaveURL(/sort=-name/)
  await page.reload()
  await expect.poll(() => rowNames(page)).toEqual(allNodes.toReversed())
})

test('numbers sort from the top first; rows do not move under the pointer', async ({ page, fleet }) => {
  // Heat comes and goes in its own time.
  test.setTimeout(150_000)
  const head = page.getByRole('columnheader', { name: /^Temp/ })
  await head.getByRole('button').click()
  await expect(page).toHaveURL(/sort=-temperature/)
  await expect(head).toHaveAttribute('aria-sort', 'descending')
  const held = await rowNames(page)
  const coldest = held.findLast((name) => name !== metal) ?? ''
  const node = daemonOf(fleet, coldest)
  const hottest = async (): Promise<string | undefined> => {
    const values = await Promise.all(
      held.map(async (name) => ({ name, value: Number.parseFloat(await cell(page, name, 'temperature').innerText()) })),
    )
    return values.filter(({ value }) => Number.isFinite(value)).toSorted((a, b) => b.value - a.value)[0]?.name
  }
  await simulate(node, 'set', 'loadRatio', '1')
  await simulate(node, 'set', 'ambientCelsius', '45')
  try {
    await expect.poll(hottest, { timeout: 60_000 }).toBe(coldest)
    expect(await rowNames(page), 'the pointer is on the list').toEqual(held)
    await expect(page.getByRole('button', { name: 'Order changed' })).toBeVisible()
    await page.getByRole('banner').hover()
    await expect.poll(async () => (await rowNames(page))[0]).toBe(coldest)
    await expect(page.getByRole('button', { name: 'Order changed' })).toBeHidden()
  } finally {
    await simulate(node, 'set', 'loadRatio', 'auto')
    await simulate(node, 'set', 'ambientCelsius', '24')
  }
  await untilWell(fleet, [coldest])
})

test('a row opens a panel beside the list, and the panel its page', async ({ page }) => {
  await cell(page, 'roof-2', 'seen').click()
  const panel = sidePanel(page, 'roof-2')
  await expect(panel).toBeVisible()
  await expect(row(page), 'the list stays').toHaveCount(allNodes.length)
  await expect(page).toHaveURL(/[?&]node=/)
  await expect(panel.getByText('Seen by')).toBeVisible()
  await expect(panel.getByText(/Raspberry Pi 4 class/)).toBeVisible()
  await expect(panel.getByRole('img', { name: /^Temperature/ })).toBeVisible()

  await page.reload()
  await expect(panel, 'the panel is part of the address').toBeVisible()
  await page.keyboard.press('Escape')
  await expect(panel).toBeHidden()

  await cell(page, 'roof-1', 'seen').click()
  await sidePanel(page, 'roof-1').getByRole('button', { name: 'Open roof-1' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'roof-1' })).toBeVisible()
})

test('the same nodes as cards', async ({ page }) => {
  await page.getByRole('radio', { name: 'Cards' }).check()
  await expect(page).toHaveURL(/view=cards/)
  await expect(row(page)).toHaveCount(allNodes.length)
  await expect(row(page, 'pump-1')).toContainText('°C')
  await row(page, 'pump-1').click()
  await expect(sidePanel(page, 'pump-1')).toBeVisible()
})
