import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, test } from './fixtures'
import type { Stack } from './fixtures/stack'

const LONG_NAME = 'a-queue-with-a-name-that-is-as-long-as-a-name-may-ever-get'
const LONG_ERROR = 'the bank did not answer for reasons that take more than a line to tell '.repeat(6)

const ownQueue = (name: string) => `${name}-${randomUUID().slice(0, 8)}`
const rows = (page: Page) =>
  page.getByRole('table', { name: 'Jobs', exact: true }).locator('tbody').getByRole('row')
const dialog = (page: Page) => page.getByRole('dialog')

async function failMany(stack: Stack, queue: string, count: number) {
  const jobs = Array.from({ length: count }, (_, at) => ({
    type: 'shop.charge',
    queue,
    payload: { order: at, message: `order ${at}: no card` },
  }))
  const { error } = await stack.api.POST('/jobs/batch', { body: { jobs } })
  expect(error).toBeUndefined()
  await expect.poll(() => countOf(stack, queue, 'failed'), { timeout: 30_000 }).toBe(count)
}

async function countOf(stack: Stack, queue: string, status: 'failed' | 'completed') {
  const query = { queue: [queue], status: [status] }
  const { data } = await stack.api.GET('/jobs/count', { params: { query } })
  return data?.value
}

test('jobs are chosen and retried by keys alone', async ({ page, stack }) => {
  const queue = ownQueue('keys')
  await failMany(stack, queue, 5)
  await page.goto(`/jobs?queue=${queue}`)
  await expect(rows(page)).toHaveCount(5)
  for (const key of ['j', 'j', 'x', 'j', 'j', 'X']) await page.keyboard.press(key)
  await expect(page.getByText('3 jobs selected')).toBeVisible()
  await expect(rows(page).nth(3)).toBeFocused()
  await expect(rows(page).and(page.locator('[aria-selected=true]'))).toHaveCount(3)
  await page.keyboard.press('r')
  await expect(dialog(page)).toContainText('3 jobs would be retried')
  await expect(dialog(page).getByRole('button', { name: 'Retry 3 jobs' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toContainText('3 jobs retried')
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toBeHidden()
  await expect(rows(page).filter({ hasText: '1/1' })).toHaveCount(2)
})

test('a link opens its job without the page being loaded anew, or with Ctrl in another tab', async ({
  page,
  stack,
  context,
}) => {
  const queue = ownQueue('links')
  const job = await stack.submit('shop.echo', {}, { queue })
  await stack.finished(job.id)
  await page.goto(`/jobs?queue=${queue}`)
  const link = rows(page).getByRole('link', { name: /shop\.echo/ })
  const [other] = await Promise.all([
    context.waitForEvent('page'),
    link.click({ modifiers: ['ControlOrMeta'] }),
  ])
  await expect(other).toHaveURL(`/jobs/${job.id}`)
  await other.close()
  await expect(page).toHaveURL(`/jobs?queue=${queue}`)
  await page.evaluate(() => document.body.setAttribute('data-loaded', 'once'))
  await link.click()
  await expect(page).toHaveURL(`/jobs/${job.id}`)
  await expect(page.locator('body')).toHaveAttribute('data-loaded', 'once')
})

test('all that match are retried at a rate, which is seen after a reload, and aborted', async ({
  page,
  stack,
}) => {
  test.slow()
  const queue = ownQueue('bulk')
  await failMany(stack, queue, 120)
  await page.goto(`/jobs?queue=${queue}&status=failed`)
  await expect(page.getByText('120 jobs', { exact: true })).toBeVisible()
  await rows(page).first().getByRole('checkbox').click()
  await rows(page)
    .nth(2)
    .getByRole('checkbox')
    .click({ modifiers: ['Shift'] })
  await expect(page.getByText('3 jobs selected')).toBeVisible()
  await expect(rows(page).getByRole('checkbox', { checked: true })).toHaveCount(3)
  await page.getByRole('button', { name: 'Select all 120 jobs that match' }).click()
  await expect(page.getByText('All 120 jobs that match, as of now')).toBeVisible()
  await page.getByRole('group', { name: 'Selection' }).getByRole('button', { name: 'Retry' }).click()
  await expect(dialog(page)).toContainText('120 jobs would be retried')
  await expect(dialog(page)).toContainText('shop.charge')
  await expectAccessible(page)
  await screenshot(page, 'bulk-preview')
  await dialog(page).getByLabel('How fast').selectOption('1')
  await dialog(page).getByRole('button', { name: 'Retry 120 jobs' }).click()
  await expect(dialog(page).getByRole('progressbar')).toBeVisible()
  await dialog(page).getByRole('button', { name: 'Go on in the background' }).click()

  await page.reload()
  const strip = page.getByRole('list', { name: 'Running bulk operations' })
  const operation = strip.getByRole('listitem').filter({ hasText: 'Retrying 120 jobs' })
  await expect(operation.getByText(/[1-9]\d* done/)).toBeVisible({ timeout: 15_000 })
  await screenshot(page, 'bulk-running')
  await operation.getByRole('button', { name: 'Abort' }).click()
  await expect(page.getByText(/^Aborted: \d+ jobs? retried/)).toBeVisible()
  await expect(strip).toBeHidden()
  expect(await countOf(stack, queue, 'failed')).toBeGreaterThan(60)
})

test('every job has to be meant', async ({ page, stack }) => {
  await stack.submit('shop.echo')
  await page.goto('/jobs')
  await expect(rows(page).first()).toBeVisible()
  await page.keyboard.press('*')
  await page.keyboard.press('a')
  await page.keyboard.press('d')
  const remove = dialog(page).getByRole('button', { name: /^Delete/ })
  await expect(remove).toHaveAttribute('aria-disabled', 'true')
  await dialog(page).getByRole('checkbox', { name: 'I mean every job' }).click()
  await expect(remove).not.toHaveAttribute('aria-disabled')
  await page.keyboard.press('Escape')
})

test('newer jobs gather in a pill, and no row moves until they are shown', async ({ page, stack }) => {
  const queue = ownQueue('newer')
  const old = await stack.submit('shop.echo', {}, { queue })
  await page.goto(`/jobs?queue=${queue}`)
  await expect(rows(page)).toHaveCount(1)
  await stack.submit('shop.echo', {}, { queue })
  await stack.submit('shop.echo', {}, { queue })
  await expect(page.getByRole('button', { name: '2 newer, show' })).toBeVisible()
  await expect(rows(page)).toHaveCount(1)
  await page.keyboard.press('.')
  await expect(rows(page)).toHaveCount(3)
  await expect(rows(page).nth(2)).toHaveAttribute('data-id', old.id)
  await expect(page.getByRole('button', { name: /newer, show/ })).toBeHidden()
})

test('a job that does not match any more stays in its place, struck', async ({ page, stack }) => {
  const queue = ownQueue('struck')
  const gate = stack.gate()
  const job = await stack.submit('shop.hold', gate.payload, { queue })
  await expect.poll(async () => (await stack.job(job.id)).status).toBe('processing')
  await page.goto(`/jobs?queue=${queue}&status=processing`)
  await expect(rows(page).first()).toContainText('Processing')
  await gate.open()
  await expect(rows(page).first()).toContainText('Completed')
  await expect(rows(page).first()).toContainText('does not match any more')
})

test('the peek goes along with the keys and shows payloads as they are', async ({ page, stack }) => {
  const queue = ownQueue('peek')
  const failed = await stack.submit('shop.charge', { message: 'no money' }, { queue })
  await stack.finished(failed.id)
  const { error } = await stack.api.POST('/jobs', {
    body: '{}' as never,
    bodySerializer: () =>
      `{"type": "shop.echo", "queue": "${queue}", "payload": {"account": 12345678901234567890}}`,
  })
  expect(error).toBeUndefined()
  await page.goto(`/jobs?queue=${queue}`)
  await expect(rows(page)).toHaveCount(2)
  await page.keyboard.press('j')
  await page.keyboard.press('Space')
  const peek = page.getByRole('complementary', { name: 'Peek at the job' })
  await expect(peek).toContainText('12345678901234567890')
  await page.keyboard.press('j')
  await expect(peek).toContainText('no money')
  await expect(peek.getByRole('link', { name: 'Others like it' })).toBeVisible()
  await expectAccessible(page)
  await screenshot(page, 'jobs-peek')
  await page.keyboard.press('Escape')
  await expect(peek).toBeHidden()
  await expect(rows(page).nth(1)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(`/jobs/${failed.id}`)
  await page.goBack()
  await expect(rows(page)).toHaveCount(2)
})

test('long names and errors, one row, none, and a phone', async ({ page, stack }) => {
  const queue = ownQueue('looks')
  const tag = queue
  const job = await stack.submit('shop.charge', { message: LONG_ERROR }, { queue: LONG_NAME, tags: [tag] })
  await stack.finished(job.id)
  await page.goto(`/jobs?tag=${tag}`)
  await expect(rows(page)).toHaveCount(1)
  await expect(page.getByText('1 job', { exact: true })).toBeVisible()
  await screenshot(page, 'jobs-one-row')
  for (const at of [1, 2, 3]) await stack.submit('shop.echo', { at }, { tags: [tag], delay: 3600 })
  await page.reload()
  await expect(rows(page)).toHaveCount(4)
  await expectAccessible(page)
  await screenshot(page, 'jobs')

  await page.setViewportSize({ width: 390, height: 844 })
  await expect(rows(page).nth(3).getByText('Failed')).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await expectAccessible(page)
  await rows(page).nth(3).getByText('Failed').click()
  await expect(page).toHaveURL(`/jobs/${job.id}`)
})
