import type { Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, test } from './fixtures'

const QUEUE = 'failures-page'
const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })

test('many errors are few problems, and one of them is retried', async ({ page, stack }) => {
  const jobs = []
  for (let order = 1; order <= 12; order++) {
    jobs.push(
      await stack.submit(
        'shop.charge',
        { message: `order ${order} has no card`, times: 1 },
        { queue: QUEUE },
      ),
    )
  }
  await stack.submit('shop.charge', { message: 'the bank is closed, entirely' }, { queue: QUEUE })
  for (const { id } of jobs) await stack.finished(id)

  await page.goto(`/failures?queue=${QUEUE}`)
  const problem = rowOf(page, 'order <number> has no card')
  await expect(problem).toContainText('12')
  await expect(rowOf(page, 'the bank is closed')).toHaveCount(1)
  await expectAccessible(page)
  await screenshot(page, 'failures')

  await problem.getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`/failures/[0-9a-f]+\\?queue=${QUEUE}`))
  const panel = page.getByRole('region', { name: 'The problem' })
  await expect(panel.getByRole('link', { name: '12 jobs' })).toBeVisible()
  await expect(panel.getByRole('region', { name: 'Traceback' })).toContainText('_ask_the_bank')
  await expectAccessible(page)
  await screenshot(page, 'failure')

  await panel.getByRole('button', { name: 'Retry group' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('12 jobs')
  await dialog.getByRole('button', { name: /^Retry/ }).click()
  await expect(dialog).toContainText('12')
  for (const { id } of jobs) await expect.poll(async () => (await stack.job(id)).status).toBe('completed')
  await page.keyboard.press('Escape')
  await expect(panel.getByRole('link', { name: '0 jobs' })).toBeVisible()
  await expect(panel.getByRole('button', { name: /^Retry group/ })).toHaveAttribute('aria-disabled', 'true')
})

test('problems are gone through by keyboard, and found by words', async ({ page, stack }) => {
  for (const message of ['first of two keys', 'second of two keys']) {
    const job = await stack.submit('shop.charge', { message }, { queue: `${QUEUE}-keys` })
    await stack.finished(job.id)
  }
  await page.goto(`/failures?queue=${QUEUE}-keys`)
  await expect(page.getByRole('row')).toHaveCount(3)
  const panel = page.getByRole('region', { name: 'The problem' })
  for (const row of [1, 2]) {
    await page.keyboard.press('j')
    await expect(page.getByRole('row').nth(row)).toHaveAttribute('aria-selected', 'true')
    await expect(panel.getByRole('heading', { name: 'of two keys' })).toBeVisible()
  }
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)

  await page.keyboard.press('/')
  await page.keyboard.type('SECOND of')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('row')).toHaveCount(2)
  await expect(page).toHaveURL(/q=SECOND/)
  await page.getByRole('searchbox').fill('no such words')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Clear the search' }).click()
  await expect(page).toHaveURL(/\/failures$/)
})

test('a group that is not known says so', async ({ page, complaints }) => {
  complaints.expect(/404/)
  await page.goto('/failures/0000000000000000')
  await expect(page.getByText('This problem is not known any more')).toBeVisible()
})
