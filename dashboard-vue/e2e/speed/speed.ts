import { expect, test } from '@playwright/test'
import type { BatchItem } from '../soak/load'
import { Load } from '../soak/load'
import { OwnStack } from '../fixtures/own-stack'
import { FilledStores } from './filled-stores'
import { open, type Opening, type PageCase } from './opening'
import { DATA, RATE, ROUNDS, ROWS, SECONDS, TASK_LIMIT_MS } from './options'
import { isSoon, OPENING_HEAD, openingLine, scrollingLines } from './report'
import { scroll } from './scrolling'

const JOBS = { row: 'tr[data-id] a', count: 'section[aria-label="Jobs"] p[aria-live]', chart: 'canvas' }
const PAGES: PageCase[] = [
  { path: '/jobs', ...JOBS },
  { path: '/jobs?status=failed', ...JOBS },
  { path: '/jobs?queue=emails&status=completed', ...JOBS },
  { path: '/', row: 'main table a', count: 'main a.panel', chart: 'canvas' },
  { path: '/queues', row: 'main table a', count: 'main td.number' },
]

/** The jobs are of a month; those that count would be deleted meanwhile. */
const KEEP_ALL = Object.fromEntries(
  ['COMPLETED', 'FAILED', 'CANCELLED'].map((status) => [`GOQUEUE_KEEP_${status}`, '36500']),
)

const write = (text: string) => process.stdout.write(`${text}\n`)
const progress = (text: string) =>
  process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${text}` : `${text}\n`)
const noop = (): BatchItem => ({ type: 'demo.noop', queue: 'flood' })

test(`pages are quick among ${ROWS} jobs, and with ${RATE} more a second`, async ({ browser }) => {
  const stores = await FilledStores.start(ROWS, DATA, progress)
  try {
    const stack = await OwnStack.start({ processes: 2, environment: { ...stores.addresses, ...KEEP_ALL } })
    try {
      write(`\n${ROWS} jobs`)
      write(OPENING_HEAD)
      for (const asked of PAGES) {
        const openings: Opening[] = []
        for (let round = 0; round < ROUNDS; round += 1) {
          openings.push(await open(browser, stack.dashboardUrl, asked))
        }
        write(openingLine(asked.path, openings))
        expect.soft(isSoon(openings), `${asked.path} is interactive too late`).toBe(true)
      }

      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      await page.goto(`${stack.dashboardUrl}/jobs`)
      await page.locator('tr[data-id]').first().waitFor()
      const load = new Load(stack, RATE, noop)
      const scrolling = await scroll(browser, page, SECONDS).finally(() => load.stop())
      scrollingLines(scrolling, SECONDS).forEach(write)
      write(`${load.submitted} jobs submitted meanwhile`)
      expect.soft(scrolling.longestByProcessor, 'the longest task').toBeLessThanOrEqual(TASK_LIMIT_MS)
    } finally {
      await stack.stop()
    }
  } finally {
    await stores.stop()
  }
})
