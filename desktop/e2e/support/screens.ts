import { expect, type Locator, type Page } from '@playwright/test'

/** Where things are on the screens. */
export const opening = (page: Page): Locator => page.getByRole('main').getByRole('heading', { level: 1 })

/** A node's mark on the wall of the overview; all of them without a name. */
export function wallMark(page: Page, name?: string): Locator {
  return byNode(page, 'wall-mark', name)
}

/** A node's line among the problems of the overview. */
export function problem(page: Page, name?: string): Locator {
  return byNode(page, 'problem', name)
}

/** A node's row, or card, on Nodes; all of them without a name. */
export function row(page: Page, name?: string): Locator {
  return byNode(page, 'node-row', name)
}

/** The value of one column in a node's row. */
export function cell(page: Page, name: string, column: string): Locator {
  return row(page, name).locator(`[data-column="${column}"]`)
}

export const filterBox = (page: Page): Locator => page.getByRole('searchbox', { name: 'Filter nodes' })

/** The panel beside the list. */
export const sidePanel = (page: Page, name: string): Locator => page.getByRole('complementary', { name })

/** Goes to a node, and to one of its pages, as an operator would. */
export async function openNodeTab(page: Page, name: string, tab: string): Promise<void> {
  await page.goto('/')
  await wallMark(page, name).click()
  const link = page.getByRole('navigation', { name: `About ${name}` }).getByRole('link', { name: tab, exact: true })
  await link.click()
  await expect(link).toHaveAttribute('aria-current', 'page')
}

/** Names of the rows from the top of the list. Rows of a virtual list stand in the document in any order. */
export async function rowNames(page: Page): Promise<string[]> {
  return await row(page).evaluateAll((rows) =>
    rows
      .map((element) => ({ top: element.getBoundingClientRect().top, name: element.dataset['nodeName'] ?? '' }))
      .toSorted((a, b) => a.top - b.top)
      .map(({ name }) => name),
  )
}

function byNode(page: Page, testId: string, name: string | undefined): Locator {
  const all = page.getByTestId(testId)
  return name === undefined ? all : all.and(page.locator(`[data-node-name="${name}"]`))
}

/** Waits for a text on the screen to become another one by itself, while `meanwhile` happens. */
export async function expectToChange(
  shown: Locator,
  what: string,
  options: { readonly timeout?: number; readonly meanwhile?: () => Promise<void> } = {},
): Promise<void> {
  const { timeout = 30_000, meanwhile } = options
  const before = (await shown.textContent()) ?? ''
  await meanwhile?.()
  await expect(shown, what).not.toHaveText(before, { timeout })
}
