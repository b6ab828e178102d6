import { defineConfig } from '@playwright/test'
import { join } from 'node:path'
import { chromiumPath } from './support/chromium.ts'
import { outputFolder } from './support/output.ts'

/** The web UI as people see it: a browser, a real station, real daemons. Run by `npm test -- e2e`, or `npx playwright test` here. */
export default defineConfig({
  testDir: 'tests',
  outputDir: join(outputFolder, 'e2e'),
  // One fleet, shared by all tests: what a test breaks it mends.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // A test that passes only when it is tried again has failed.
  retries: 0,
  timeout: 60_000,
  globalTimeout: 30 * 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromiumPath(),
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
