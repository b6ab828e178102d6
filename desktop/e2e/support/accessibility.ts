import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** Nothing on the page is a serious or critical obstacle by axe's rules. A failure names rule, elements and why. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // Pages have no frames, so axe needs no second page for its result.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  const obstacles = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    )
  expect.soft(obstacles, `obstacles on ${what}`).toEqual([])
}
