import type { Page } from '@playwright/test'
import { allNodes } from '../support/fleet.ts'
import { cell, filterBox, row, wallMark } from '../support/screens.ts'
import { expect, test } from '../support/test.ts'

async function openNode(page: Page, name: string): Promise<void> {
  await page.goto('/')
  await wallMark(page, name).click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Labels' })).toBeVisible()
}

const label = (page: Page, text: string) => page.getByTestId('label').and(page.locator(`[data-label="${text}"]`))

test('a label is added, found in the list, changed, and its removal undone', async ({ page, fleet }) => {
  await openNode(page, 'pump-1')
  await page.getByRole('button', { name: 'Add a label' }).click()
  await expect(page.getByRole('textbox', { name: 'New label' })).toBeFocused()
  await page.keyboard.type('Not A Key')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/small letters, digits/)).toBeVisible()
  await page.getByRole('textbox', { name: 'New label' }).fill('env=staging')
  await page.keyboard.press('Enter')
  await expect(label(page, 'env=staging')).toBeVisible()
  await expect(page.getByText('Label env set to staging.')).toBeVisible()

  await label(page, 'env=staging').getByRole('button').first().click()
  await page.getByRole('textbox', { name: 'Label env=staging' }).fill('env=prod')
  await page.keyboard.press('Enter')
  await expect(label(page, 'env=prod')).toBeVisible()
  await expect(page.getByText('Label env changed to prod.'), 'and saved').toBeVisible()

  await page.goto('/nodes')
  await expect(cell(page, 'pump-1', 'labels')).toContainText('env=prod')
  await cell(page, 'pump-1', 'labels').getByRole('button', { name: 'env=prod' }).click()
  await expect(filterBox(page)).toHaveValue('env=prod')
  await expect(row(page)).toHaveCount(1)
  await filterBox(page).fill('env=test')
  await expect(row(page)).toHaveCount(0)
  await filterBox(page).fill('')
  await expect(row(page)).toHaveCount(allNodes.length)

  await openNode(page, 'pump-1')
  await label(page, 'env=prod').getByRole('button').first().focus()
  await page.keyboard.press('Delete')
  await expect(label(page, 'env=prod')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(label(page, 'env=prod')).toBeVisible()
  await expect(page.getByText('Undone: it is as it was.')).toBeVisible()
  await page.reload()
  await expect(label(page, 'env=prod'), 'the station has it').toBeVisible()
  const { stdout } = await fleet.station.cli('get', 'nodes', '-o', 'json')
  expect(stdout).toContain('"env": "prod"')

  await page.getByRole('button', { name: 'Remove env=prod' }).click()
  await expect(page.getByText('Label env removed.')).toBeVisible()
})

test('place and note are written, and their history restores them', async ({ page }) => {
  await openNode(page, 'roof-2')
  await page.getByRole('button', { name: 'Change the place' }).click()
  await page.getByRole('textbox', { name: 'Zone' }).fill('roof')
  await page.getByRole('textbox', { name: 'Slot' }).fill('4')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByTestId('place')).toHaveText('roof › 4')

  for (const text of ['Ladder in the shed.', 'Ladder is broken.']) {
    await page.getByRole('button', { name: /Write a note|Change the note/ }).click()
    await page.getByRole('textbox', { name: 'Note' }).fill(text)
    await page.keyboard.press('Control+Enter')
    await expect(page.getByTestId('note')).toHaveText(text)
    await expect(page.getByText('Note saved.')).toBeVisible()
  }
  await page.getByRole('button', { name: 'History of labels, place and note' }).click()
  const history = page.getByRole('dialog', { name: 'History of roof-2' })
  await expect(history.getByTestId('history-step').first()).toContainText('Ladder in the shed. → Ladder is broken.')
  await history.getByRole('button', { name: 'Restore note to Ladder in the shed.' }).click()
  await expect(page.getByTestId('note')).toHaveText('Ladder in the shed.')

  await page.goto('/nodes?q=zone%3Droof')
  await expect(row(page)).toHaveCount(1)
  await expect(row(page, 'roof-2')).toBeVisible()
  await openNode(page, 'roof-2')
  await page.getByRole('button', { name: 'Change the place' }).click()
  await page.getByRole('textbox', { name: 'Zone' }).fill('')
  await page.getByRole('textbox', { name: 'Slot' }).fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByTestId('place')).toHaveText('Nobody said where it is')
})

test('a group follows labels and hands, and comes back after it was removed', async ({ page, fleet }) => {
  const id = await fleet.view
    .until('roof-1 is there', ({ nodes }) => nodes.has('roof-1'))
    .then(({ nodes }) => nodes.get('roof-1')?.id ?? '')
  await fleet.station.change(id, { labels: { power: 'solar' } })
  await page.goto('/groups')
  await page.getByRole('button', { name: 'New group' }).click()
  const panel = page.getByRole('complementary', { name: 'New group' })
  await panel.getByLabel('Name').fill('panels')
  await panel.getByLabel('Selector').fill('power')
  await expect(panel.getByText(/is not a selector/)).toBeVisible()
  await panel.getByLabel('Selector').fill('power=solar')
  await expect(panel.getByText('1 node, by their labels.')).toBeVisible()
  await panel.getByRole('checkbox', { name: 'gate-1' }).check()
  await expect(panel.getByText('2 nodes: 1 by their labels, 1 more by hand.')).toBeVisible()
  await panel.getByRole('button', { name: 'Make the group' }).click()

  const line = page.getByTestId('group-row').and(page.locator('[data-name="panels"]'))
  await expect(line).toContainText('power=solar')
  await expect(line.getByRole('cell').nth(1)).toHaveText('2')
  await page.getByRole('button', { name: 'Remove the group' }).click()
  await expect(line).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(line).toBeVisible()
  await page.goto('/nodes?q=group%3Dpanels')
  await expect(row(page)).toHaveCount(2)

  await page.goto('/groups?group=panels')
  await page.getByRole('button', { name: 'Remove the group' }).click()
  await expect(line).toHaveCount(0)
  await fleet.station.change(id, { labels: { power: null } })
})
