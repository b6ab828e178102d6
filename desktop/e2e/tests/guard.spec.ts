import { expect, test } from '../support/test.ts'

test('what a page complains of is noticed: errors, exceptions, forbidden code, requests to elsewhere', async ({
  page,
  watcher,
}) => {
  await page.goto('/')
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  expect(watcher.complaints).toEqual([])
  await page.evaluate(() => {
    console.error('planted error')
    setTimeout(() => {
      throw new Error('planted exception')
    })
    const script = document.createElement('script')
    script.textContent = 'document.title = "planted script ran"'
    document.body.append(script)
    const image = document.createElement('img')
    image.src = 'http://198.51.100.1/planted.png'
    document.body.append(image)
  })
  const planted = [/planted error/, /planted exception/, /script-src/, /198\.51\.100\.1/]
  for (const pattern of planted) {
    await expect.poll(() => watcher.complaints).toContainEqual(expect.stringMatching(pattern))
  }
  await expect(page).not.toHaveTitle('planted script ran')
  watcher.allow(...planted)
})
