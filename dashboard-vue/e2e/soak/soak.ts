import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { OwnStack } from '../fixtures/own-stack'
import { Load } from './load'
import { INTERVAL_SECONDS, MINUTES, RATE } from './options'
import { bar, HEAD, sampleRow, verdict } from './report'
import { WatchedPage } from './watched-page'

const PATHS = ['/', '/jobs', '/workers']
const write = (line: string) => process.stdout.write(`${line}\n`)

test(`memory stays flat for ${MINUTES} minutes of ${RATE} jobs a second`, async ({ context }) => {
  const stack = await OwnStack.start({ schedules: 'e2e/schedules.yaml', processes: 2 })
  const load = new Load(stack, RATE)
  try {
    const pages: WatchedPage[] = []
    for (const path of PATHS) pages.push(await WatchedPage.open(context, stack.dashboardUrl, path))
    await watch(pages, load)
    const { lines, isGood } = verdict(pages)
    lines.forEach(write)
    write(
      `${load.submitted} jobs in ${MINUTES} minutes: ${isGood ? 'memory is flat' : 'not as it should be'}`,
    )
    expect(isGood).toBe(true)
  } finally {
    await load.stop().finally(() => stack.stop())
  }
})

async function watch(pages: WatchedPage[], load: Load): Promise<void> {
  const [began, lasts] = [Date.now(), MINUTES * 60_000]
  write(HEAD)
  for (let next = INTERVAL_SECONDS * 1000; next <= lasts; next += INTERVAL_SECONDS * 1000) {
    while (Date.now() - began < next) {
      if (process.stdout.isTTY) process.stdout.write(bar((Date.now() - began) / lasts, load.submitted))
      await sleep(1000)
    }
    for (const page of pages) write(sampleRow(page.path, await page.sample((Date.now() - began) / 1000)))
  }
}
