import { defineConfig } from '@playwright/test'
import { browserArguments, installedBrowser } from './e2e/fixtures/browser'

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'e2e/out/results',
  globalSetup: './e2e/fixtures/shared-stack.ts',
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  // A machine of CI runs other tests beside these; what passes only then is told as flaky.
  retries: process.env.CI === 'true' ? 1 : 0,
  forbidOnly: process.env.CI === 'true',
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    launchOptions: { executablePath: installedBrowser(), args: browserArguments() },
  },
})
