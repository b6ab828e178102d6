import { expect, type Page } from '@playwright/test'

export const themes = ['dark', 'light', 'outdoor'] as const
export type Theme = (typeof themes)[number]

const labels = { dark: 'Dark', light: 'Light', outdoor: 'Outdoor' } as const

/** Chooses a theme as a person does, in the menu of the top bar. */
export async function chooseTheme(page: Page, theme: Theme): Promise<void> {
  await page.getByRole('button', { name: 'Theme and display' }).click()
  await page.getByRole('menu').getByText(labels[theme], { exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toBeHidden()
  await expectTheme(page, theme)
}

export async function expectTheme(page: Page, theme: Theme): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
}
