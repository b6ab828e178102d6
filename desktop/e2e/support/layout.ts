import { expect, type Page } from '@playwright/test'

/** The page is no wider than its window, and no part of it can be scrolled sideways. */
export async function expectNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const wide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('body, body *')]
      .filter((element) => {
        const scrolls = ['auto', 'scroll'].includes(getComputedStyle(element).overflowX)
        const isPage = element === document.documentElement || element === document.body
        return (isPage || scrolls) && element.scrollWidth > element.clientWidth + 1
      })
      .map((element) => `${element.tagName} ${element.className}: ${element.scrollWidth} in ${element.clientWidth} px`),
  )
  expect.soft(wide, `parts of ${what} that are wider than their place`).toEqual([])
}
