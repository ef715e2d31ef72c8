import { defineConfig } from '@playwright/test'
import { browserArguments, installedBrowser } from './e2e/fixtures/browser'
import { MINUTES } from './e2e/soak/options'

// `make soak`: whether the memory of pages that are looked at for long stays flat. Not among the specs.
export default defineConfig({
  testDir: 'e2e/soak',
  testMatch: 'soak.ts',
  outputDir: 'e2e/out/soak',
  timeout: (MINUTES + 5) * 60_000,
  reporter: 'dot',
  use: { launchOptions: { executablePath: installedBrowser(), args: browserArguments() } },
})
