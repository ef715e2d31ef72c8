import { defineConfig } from '@playwright/test'
import { browserArguments, installedBrowser } from './e2e/fixtures/browser'

// `make dashboard-speed`: how soon pages can be used with millions of jobs, and whether a flood freezes them.
export default defineConfig({
  testDir: 'e2e/speed',
  testMatch: 'speed.ts',
  outputDir: 'e2e/out/speed',
  timeout: 60 * 60_000,
  reporter: 'dot',
  use: { launchOptions: { executablePath: installedBrowser(), args: browserArguments() } },
})
