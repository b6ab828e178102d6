import type { Page } from '@playwright/test'
import { join } from 'node:path'
import { outputFolder } from './output.ts'

/** Keeps a picture of the screen in `test-output/screenshots`, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({
    path: join(outputFolder, 'screenshots', `${name}.png`),
    fullPage: true,
    animations: 'disabled',
  })
}
