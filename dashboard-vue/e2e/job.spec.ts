import type { Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, test } from './fixtures'

test('progress moves, logs follow, and it completes without a reload', async ({ page, stack }) => {
  const gate = stack.gate()
  const job = await stack.submit('shop.import', { ...gate.payload, steps: 10, lines: 3, hold_at: 4 })
  await page.goto(`/jobs/${job.id}`)
  await expect(page.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '40')
  await expect(page.getByText('step 5 of 10')).toBeVisible()
  await expect(page).toHaveTitle(/^Processing · shop\.import/)
  const logs = page.getByRole('log')
  await expect(logs.getByText('row_imported')).toHaveCount(12)
  await expectAccessible(page)
  await screenshot(page, 'job-running')

  await gate.open()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('shop.import')
  await expect(page).toHaveTitle(/^Completed · shop\.import/)
  await expect(logs.getByText('row_imported')).toHaveCount(30)
  await page.getByRole('tab', { name: 'Result' }).click()
  await expect(page.getByRole('tabpanel', { name: 'Result' })).toContainText('30')
})

test('each attempt has its traceback, and a failed job is retried', async ({ page, stack }) => {
  const job = await stack.submit('shop.charge', { message: 'no card', times: 2 }, { max_retries: 1 })
  await stack.finished(job.id)
  await page.goto(`/jobs/${job.id}`)
  await expect(page.getByText('Every attempt failed.')).toBeVisible()
  const traceback = page.getByRole('region', { name: 'Traceback' })
  await expect(traceback).toContainText('_ask_the_bank')
  await expect(traceback).toContainText('CardRefusedError: no card')
  await expect(page.getByRole('region', { name: 'Attempt 2', exact: true })).toBeVisible()
  await page.keyboard.press('[')
  await expect(page.getByRole('region', { name: 'Attempt 1', exact: true })).toBeVisible()
  await expect(page).toHaveURL(/attempt=1$/)
  await expect(page.getByRole('combobox', { name: 'Attempt' })).toHaveValue('1')
  await expectAccessible(page)
  await screenshot(page, 'job-failed')

  await page.getByRole('button', { name: 'Retry' }).click()
  await expect(page).toHaveTitle(/^Completed/)
  await expect(page.getByRole('button', { name: 'Attempt 3' })).toBeVisible()
})

test('a job that runs is cancelled', async ({ page, stack }) => {
  const job = await stack.submit('shop.hold', stack.gate().payload)
  await page.goto(`/jobs/${job.id}`)
  await expect(page).toHaveTitle(/^Processing/)
  await page.keyboard.press('z')
  await expect(page).toHaveTitle(/^Cancelled/)
})

test('a paused queue says why, and is resumed from there', async ({ page, stack }) => {
  const queue = 'job-page-paused'
  await stack.api.POST('/queues/{name}/pause', { params: { path: { name: queue } } })
  const job = await stack.submit('shop.echo', {}, { queue })
  await page.goto(`/jobs/${job.id}`)
  const why = page.getByRole('region', { name: 'Why is it not running?' })
  await expect(why).toContainText('paused')
  await expectAccessible(page)
  await screenshot(page, 'job-why')
  await why.getByRole('button', { name: 'Resume' }).click()
  await expect(page).toHaveTitle(/^Completed/)
  await expect(why).toHaveCount(0)
})

test('a job that waits is edited, but not over the head of another', async ({ page, stack, complaints }) => {
  complaints.expect(/412/)
  const queue = 'job-page-edited'
  const big = '9007199254740993'
  const job = await stack.submit('shop.echo', { n: 1 }, { queue, delay: 3600 })
  await page.goto(`/jobs/${job.id}`)
  const edit = async () => {
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Edit', exact: true }).click()
  }
  await edit()
  const dialog = page.getByRole('dialog', { name: 'Edit the job' })
  await dialog.getByLabel('Payload').fill(`{"n": ${big}}`)
  await dialog.getByLabel('Tags, by commas').fill('by-hand')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'by-hand' })).toBeVisible()
  await page.getByRole('tab', { name: 'Payload' }).click()
  await expect(page.getByRole('tabpanel', { name: 'Payload' })).toContainText(big)

  await edit()
  await dialog.getByLabel('Retries').fill('7')
  const other = {
    params: { path: { job_id: job.id }, header: { 'If-Match': '*' } },
    body: { priority: 'high' as const },
  }
  await stack.api.PATCH('/jobs/{job_id}', other)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByRole('alert')).toContainText('has changed since')
  await expect(dialog.getByLabel('Priority')).toHaveValue('high')
  await expect(dialog.getByLabel('Retries')).toHaveValue('7')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText('high priority')).toBeVisible()
  expect(await stack.job(job.id)).toMatchObject({ priority: 'high', max_retries: 7 })
})

test('long names, long errors and other scripts stay in their places', async ({ page, stack }) => {
  const long = 'a'.repeat(60)
  const message = `${'سلام дважды 注文 '.repeat(40)}${'x'.repeat(400)}`
  const tags = [long, 'eu']
  const job = await stack.submit(
    'shop.charge',
    { message, deep: { [long]: [1, 2, { text: long.repeat(20) }] } },
    { queue: long, tags },
  )
  await stack.finished(job.id)
  await page.goto(`/jobs/${job.id}`)
  await expect(page).toHaveTitle(/^Failed/)
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(await overflow()).toBeLessThanOrEqual(0)
  await expectAccessible(page)
  await screenshot(page, 'job-long')
  await page.setViewportSize({ width: 360, height: 700 })
  expect(await overflow()).toBeLessThanOrEqual(0)
})

test('a job that is not there says so', async ({ page, complaints }) => {
  complaints.expect(/40[04]|422/)
  await page.goto('/jobs/01a223e4-81d8-7738-a2ea-d5957dfaa4ed')
  await expect(page.getByText('There is no such job')).toBeVisible()
  await page.goto('/jobs/nonsense')
  await expect(page.getByText('There is no such job')).toBeVisible()
})

/** More than a handler may say with the settings as they are: answered for the API, in its pages. */
async function answerTenThousandLines(page: Page) {
  const said = (number: number) => ({
    seq: number,
    attempt: 1,
    at: new Date(Date.UTC(2026, 2, 2) + number).toISOString(),
    level: number % 4 === 0 ? 'error' : 'info',
    message: 'row_imported',
    fields: { row: number },
  })
  await page.route(/\/logs\?/, (route) => {
    const asked = new URL(route.request().url()).searchParams
    const first = Number(asked.get('after')) + 1
    const lines = Array.from({ length: Math.max(0, Math.min(1_000, 10_001 - first)) }, (_, n) =>
      said(first + n),
    )
    return route.fulfill({
      json: { items: lines, next_after: lines.at(-1)?.seq ?? first - 1, complete: lines.length < 1_000 },
    })
  })
}

test('ten thousand lines of log are looked through without waiting', async ({ page, stack }) => {
  test.slow()
  const job = await stack.submit('shop.echo')
  await stack.finished(job.id)
  await answerTenThousandLines(page)
  await page.goto(`/jobs/${job.id}`)
  const log = page.getByRole('log')
  await expect(page.getByText('Lines 9,601 to 10,000 of 10,000')).toBeVisible({ timeout: 30_000 })
  await expect(log.getByText('row=10000', { exact: true })).toBeInViewport()

  await log.evaluate((element) => (element.scrollTop = 0))
  await expect(page.getByText('Lines 9,401 to 9,800 of 10,000')).toBeVisible()
  const follow = page.getByRole('button', { name: 'Follow' })
  await expect(follow).toHaveAttribute('aria-pressed', 'false')
  await expect(log.getByText('row=9601', { exact: true })).toBeInViewport()
  await page.keyboard.press('l')
  await expect(follow).toHaveAttribute('aria-pressed', 'true')
  await expect(log.getByText('row=10000', { exact: true })).toBeInViewport()

  await page.getByRole('searchbox', { name: 'Search in the logs' }).fill('row=4321')
  await expect(log.getByText('row_imported')).toHaveCount(1)
  await screenshot(page, 'job-logs')
})

test('many attempts and a large payload have their places', async ({ page, stack }) => {
  test.slow()
  const payload = {
    message: 'no card',
    times: 29,
    rows: Array.from({ length: 4_000 }, (_, n) => `row ${n} ${'x'.repeat(50)}`),
  }
  const job = await stack.submit('shop.charge', payload, { max_retries: 30 })
  await stack.finished(job.id)
  await page.goto(`/jobs/${job.id}`)
  await expect(page.getByText('The last 11 of 30: older ones are not kept.')).toBeVisible()
  await expect(page.getByRole('row')).toHaveCount(12)
  await expect(page.getByText('row 3999')).toHaveCount(0)
  await screenshot(page, 'job-attempts')
})

test('a rerun leads to what it reruns, and back', async ({ page, stack }) => {
  const job = await stack.submit('shop.echo', { n: 1 })
  await stack.finished(job.id)
  const { data: rerun } = await stack.api.POST('/jobs/{job_id}/rerun', {
    params: { path: { job_id: job.id } },
    body: {},
  })
  await page.goto(`/jobs/${job.id}`)
  await page.getByRole('region', { name: 'Reruns' }).getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`/jobs/${rerun?.id}$`))
  await expect(page.getByTestId('job-id')).toHaveText(rerun?.id ?? '')
  await page.getByRole('region', { name: 'Facts' }).getByRole('link').click()
  await expect(page.getByTestId('job-id')).toHaveText(job.id)
})

test('progress is seen to move, with how long it still takes', async ({ page, stack }) => {
  const job = await stack.submit('demo.sleep', { seconds: 60 })
  await page.goto(`/jobs/${job.id}`)
  const bar = page.getByRole('progressbar', { name: 'Progress' })
  const seen: number[] = []
  const look = async () => {
    if (await bar.isVisible()) seen.push(Number(await bar.getAttribute('aria-valuenow')))
    return new Set(seen).size
  }
  await expect.poll(look, { intervals: [200] }).toBeGreaterThan(4)
  expect(seen).toEqual([...seen].sort((one, other) => one - other))
  await expect(page.getByText(/^about \d+s left$/)).toBeVisible()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page).toHaveTitle(/^Cancelled/)
})

test('a job that is deleted elsewhere is gone from its page', async ({ page, stack, complaints }) => {
  complaints.expect(/404/)
  const job = await stack.submit('shop.echo')
  await stack.finished(job.id)
  await page.goto(`/jobs/${job.id}`)
  await expect(page).toHaveTitle(/^Completed/)
  const foot = page.getByRole('navigation', { name: 'Main' })
  await expect(foot.getByText('Live', { exact: true })).toBeVisible()
  await stack.api.DELETE('/jobs/{job_id}', { params: { path: { job_id: job.id } } })
  await expect(page.getByText('There is no such job')).toBeVisible()
})

test('Esc closes what is open before it leads back, and a question stays with its job', async ({
  page,
  stack,
}) => {
  const first = await stack.submit('shop.echo', { is: 'the first' })
  const second = await stack.submit('shop.echo', { is: 'the second' })
  await Promise.all([first, second].map(({ id }) => stack.finished(id)))
  await page.goto(`/jobs/${first.id}`)
  await page.getByRole('button', { name: 'More actions' }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toBeHidden()
  await expect(page).toHaveURL(`/jobs/${first.id}`)

  // By links, so that the page is not loaded anew.
  await page.goto(`/jobs?queue=default&id=${first.id}&id=${second.id}`)
  await page.locator(`a[href="/jobs/${first.id}"]`).click()
  await expect(page.getByTestId('job-id')).toHaveText(first.id)
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Page, queue' })).toBeFocused()
  await page.keyboard.type(second.id)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('job-id')).toHaveText(second.id)
  await page.keyboard.press('d')
  await expect(page.getByRole('dialog')).toContainText(second.id.slice(-8))
  await page.goBack()
  await expect(page.getByRole('dialog')).toBeHidden()
})
