import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, test } from './fixtures'

const ownQueue = (name: string) => `${name}-${randomUUID().slice(0, 8)}`
const rowOf = (page: Page, queue: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name: queue, exact: true }) })

async function choose(page: Page, queue: string, entry: string) {
  await page.getByRole('button', { name: `More of ${queue}` }).click()
  await page.getByRole('menuitem', { name: entry }).click()
}

test('a queue is paused, says by whom, and goes on', async ({ page, stack }) => {
  const queue = ownQueue('paused')
  await stack.finished((await stack.submit('shop.echo', {}, { queue })).id)
  await page.goto('/queues')
  const row = rowOf(page, queue)
  await row.getByRole('button', { name: `Pause ${queue}` }).click()
  await expect(row.getByText(/^Paused by anonymous/)).toBeVisible()
  await expect(page.getByText(`${queue} is paused`)).toBeVisible()

  // A pause holds within a second.
  const job = await stack.submit('shop.echo', {}, { queue, delay: 2 })
  await expect(row.getByRole('cell').first()).toHaveText('1')
  await expect(row.getByText('never')).toBeVisible()
  await expect(page.getByRole('row').nth(1)).toContainText(queue)
  await expectAccessible(page)
  await screenshot(page, 'queues')

  await row.getByRole('button', { name: `Resume ${queue}` }).click()
  await expect(row.getByText(/^Paused/)).toHaveCount(0)
  expect(await stack.finished(job.id)).toMatchObject({ status: 'completed' })
  await expect(row.getByRole('cell').first()).toHaveText('0')
})

test('a limit is set, holds, and is taken away', async ({ page, stack }) => {
  const queue = ownQueue('limited')
  const gate = stack.gate()
  await stack.finished((await stack.submit('shop.echo', {}, { queue })).id)
  await page.goto(`/queues/${queue}`)
  await choose(page, queue, 'Set a limit')
  const dialog = page.getByRole('dialog')
  const field = dialog.getByRole('textbox', { name: 'At once' })
  await field.fill('0')
  await dialog.getByRole('button', { name: 'Set' }).click()
  await expect(dialog.getByRole('alert')).toHaveText('A limit is a whole number from 1 to 1,000,000.')
  await expectAccessible(page)
  await field.fill('2')
  await page.keyboard.press('Enter')
  await expect(page.getByText(`${queue} runs 2 at once`)).toBeVisible()

  // A limit holds within a second: after that a job that was due later has run.
  await stack.finished((await stack.submit('shop.echo', {}, { queue, delay: 1.5 })).id)
  for (let job = 0; job < 3; job += 1) await stack.submit('shop.hold', gate.payload, { queue })
  const now = page.getByRole('region', { name: 'Now' })
  await expect(now.getByText('2 of 2')).toBeVisible()
  await expect(now.getByRole('link', { name: /Queued/ })).toContainText('1')
  await choose(page, queue, 'Set a limit')
  await dialog.getByRole('button', { name: 'Remove the limit' }).click()
  await expect(now.getByRole('link', { name: /Processing/ })).toContainText('3')
  await expect(now.getByRole('link', { name: /Queued/ })).toContainText('0')
  await gate.open()
  await expect(now.getByRole('link', { name: /Completed/ })).toContainText('5')
})

test('a purge says what it cancels, and cancels it', async ({ page, stack }) => {
  const queue = ownQueue('purged')
  await stack.api.POST('/queues/{name}/pause', { params: { path: { name: queue } } })
  const jobs = []
  for (let job = 0; job < 3; job += 1) jobs.push(await stack.submit('shop.echo', {}, { queue }))
  await page.goto('/queues')
  await choose(page, queue, 'Purge')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('row', { name: 'shop.echo 3' })).toBeVisible()
  await screenshot(page, 'queue-purge')
  await dialog.getByRole('button', { name: 'Cancel 3 jobs' }).click()
  await expect(page.getByText(`${queue}: 3 jobs to cancel`)).toBeVisible()
  for (const { id } of jobs) expect(await stack.finished(id)).toMatchObject({ status: 'cancelled' })
  await expect(rowOf(page, queue).getByRole('cell').first()).toHaveText('0')
})

test('a queue shows its types, workers and history, and opens its jobs', async ({ page, stack }) => {
  const queue = ownQueue('shown')
  for (const type of ['shop.echo', 'shop.charge']) {
    await stack.finished((await stack.submit(type, { message: 'no card' }, { queue })).id)
  }
  await page.goto('/queues')
  await page.getByRole('searchbox', { name: 'Part of the name' }).fill(queue)
  await page.getByRole('main').getByRole('link', { name: queue }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(queue)
  await expect(page.getByRole('row', { name: /^shop\.charge 0 0 1/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /Alive/ })).toHaveCount(2)
  await expect(page.getByRole('figure', { name: 'Run' })).toBeVisible()
  await page.getByRole('combobox', { name: 'Time' }).selectOption('15m')
  await expect(page).toHaveURL(/window=15m/)
  await expectAccessible(page)
  await screenshot(page, 'queue')
  await page.getByRole('link', { name: /Failed/ }).click()
  await expect(page).toHaveURL(new RegExp(`/jobs\\?queue=${queue}&status=failed$`))
})

test('an unknown queue is said to be none', async ({ page, complaints }) => {
  complaints.expect(/404 \(not found\)/i)
  await page.goto('/queues/never-heard-of')
  await expect(page.getByText('There is no queue never-heard-of')).toBeVisible()
})
