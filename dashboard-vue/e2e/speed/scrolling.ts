import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from '@playwright/test'
import { type Tasks, TRACED, tasksOf } from './tasks'
import { TASK_LIMIT_MS } from './options'

export interface Scrolling extends Tasks {
  requests: number
  rows: number
}

const STEP_MS = 50
const STEP_PIXELS = 300
/** Steps downwards until the page is back at its top, with another filter. */
const TURN = 100
const PILLS = [/^Completed/, /^Failed/]

/** Scrolls /jobs as a person with a wheel does, and clicks filters, for so many seconds. */
export async function scroll(browser: Browser, page: Page, seconds: number): Promise<Scrolling> {
  let requests = 0
  page.on('request', () => (requests += 1))
  await page.mouse.move(700, 600)
  await browser.startTracing(page, { categories: TRACED })
  const began = Date.now()
  let rows = 0
  for (let step = 1; Date.now() - began < seconds * 1000; step += 1) {
    await page.mouse.wheel(0, STEP_PIXELS)
    if (step % TURN === 0) {
      rows = Math.max(rows, await page.locator('tr[data-id]').count())
      await page.evaluate(() => window.scrollTo({ top: 0 }))
      const name = PILLS[(step / TURN) % PILLS.length]!
      await page
        .getByRole('group', { name: /^Status/ })
        .getByRole('button', { name })
        .click()
      await page.mouse.move(700, 600)
    }
    await sleep(STEP_MS)
  }
  const tasks = tasksOf(await browser.stopTracing(), TASK_LIMIT_MS)
  return { ...tasks, requests, rows }
}
