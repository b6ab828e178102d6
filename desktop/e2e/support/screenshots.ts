import type { Page } from '@playwright/test'
import { join } from 'node:path'
import { outputFolder } from './output.ts'

/** Keeps a picture of the whole screen in `test-output/screenshots`, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const window = page.viewportSize()
  // The page scrolls inside its shell: only a higher window shows all of it.
  const hidden = await page.evaluate(() => {
    const main = document.querySelector('main')
    return main === null ? 0 : main.scrollHeight - main.clientHeight
  })
  if (window !== null && hidden > 0) await page.setViewportSize({ ...window, height: window.height + hidden })
  await page.screenshot({ path: join(outputFolder, 'screenshots', `${name}.png`), animations: 'disabled' })
  if (window !== null && hidden > 0) await page.setViewportSize(window)
}
