import type { Fleet } from '@wrale/build/lab/fleet'
import { type BrowserContext, expect, type Page, test as base } from '@playwright/test'
import { logsOf, startDemoFleet } from './fleet.ts'
import { Watcher } from './watcher.ts'

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>

interface WorkerFixtures {
  readonly fleet: Fleet
  /** Where the browser finds the station. */
  readonly origin: string
  /** What a browser keeps that signed in by a link. */
  readonly signedIn: StorageState
}

interface TestFixtures {
  readonly watcher: Watcher
  /** A page of a browser that has never been at this station. */
  readonly stranger: Page
  readonly logs: void
}

/** Tests with a running fleet and a signed-in `page`. A complaint of any page fails the test unless the test allowed it. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  fleet: [
    // The runner insists on a destructured first parameter.
    async ({ browserName: _ }, use) => {
      const fleet = await startDemoFleet()
      try {
        await use(fleet)
      } finally {
        await fleet.close()
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  origin: [
    async ({ fleet }, use) => await use(`http://127.0.0.1:${await fleet.station.forward()}`),
    { scope: 'worker' },
  ],

  signedIn: [
    async ({ fleet, browser }, use) => {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(await fleet.station.signInLink())
      await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
      const state = await context.storageState()
      await context.close()
      // The session alone: preferences are each test's own.
      await use({ ...state, origins: [] })
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  baseURL: async ({ origin }, use) => await use(origin),
  storageState: async ({ signedIn }, use) => await use(signedIn),

  watcher: [
    async ({ context, origin }, use) => {
      const watcher = new Watcher(origin)
      watcher.watch(context)
      await use(watcher)
      expect(watcher.complaints, 'what the pages complained of').toEqual([])
    },
    { auto: true },
  ],

  stranger: async ({ browser, origin, watcher, contextOptions, viewport }, use) => {
    const context = await browser.newContext({
      ...contextOptions,
      baseURL: origin,
      viewport,
      storageState: { cookies: [], origins: [] },
    })
    watcher.watch(context)
    await use(await context.newPage())
    await context.close()
  },

  logs: [
    async ({ fleet }, use, testInfo) => {
      await use()
      if (testInfo.status !== testInfo.expectedStatus)
        await testInfo.attach('logs of the fleet', { body: logsOf(fleet), contentType: 'text/plain' })
    },
    { auto: true },
  ],
})

export { expect }
