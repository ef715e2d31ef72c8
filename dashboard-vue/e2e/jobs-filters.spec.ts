import type { Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, test } from './fixtures'
import type { Stack } from './fixtures/stack'

// These jobs share the stack with those of other specs: each test looks at a queue of its own.
const box = (page: Page) => page.getByRole('combobox', { name: 'Filter' })
const chip = (page: Page, label: string) => page.getByRole('button', { name: label, exact: true })
const pill = (page: Page, status: string) =>
  page.getByRole('group', { name: /^Status/ }).getByRole('button', { name: new RegExp(`^${status}`) })
const total = (page: Page, count: string) =>
  page.getByRole('region', { name: 'Jobs' }).getByText(count, { exact: true })

async function twoOfEach(stack: Stack, queue: string) {
  const jobs = [
    await stack.submit('shop.echo', { user: { id: 41 } }, { queue }),
    await stack.submit('shop.echo', { user: { id: 42 } }, { queue, tags: ['eu, west'] }),
    await stack.submit('shop.charge', { message: 'card expired' }, { queue, max_retries: 0 }),
    await stack.submit('shop.charge', { message: 'no such card' }, { queue, max_retries: 0 }),
  ]
  for (const { id } of jobs) await stack.finished(id)
  return jobs
}

test('statuses are filtered by clicks and keys, several at once', async ({ page, stack }) => {
  await twoOfEach(stack, 'filters-clicks')
  await page.goto('/jobs?queue=filters-clicks')
  await expect(total(page, '4 jobs')).toBeVisible()
  await pill(page, 'Failed').click()
  await expect(page).toHaveURL(/status=failed/)
  await expect(total(page, '2 jobs')).toBeVisible()
  await page.keyboard.press('5')
  await expect(page).toHaveURL(/status=failed,completed/)
  await expect(total(page, '4 jobs')).toBeVisible()
  await expect(pill(page, 'Completed')).toHaveAttribute('aria-pressed', 'true')

  await page.goBack()
  await expect(total(page, '2 jobs')).toBeVisible()
  await page.reload()
  await expect(pill(page, 'Failed')).toHaveAttribute('aria-pressed', 'true')
  await expect(total(page, '2 jobs')).toBeVisible()
  await expectAccessible(page)
  await screenshot(page, 'jobs-filtered')

  await page.getByRole('button', { name: 'Remove Status: Failed' }).click()
  await expect(page).toHaveURL(/\/jobs\?queue=filters-clicks$/)
  await expect(total(page, '4 jobs')).toBeVisible()
})

test('a filter is typed, read, and taken back into text', async ({ page, stack }) => {
  const [, second] = await twoOfEach(stack, 'filters-typed')
  await page.goto('/jobs')
  await expect(page.getByRole('table').first()).toBeAttached()
  await page.keyboard.press('/')
  await expect(box(page)).toBeFocused()
  await page.keyboard.type('queue:filters-typed payload.user.id:42 tag:"eu, west" -status:failed after:1h')
  await page.keyboard.press('Enter')
  await expect(chip(page, 'Queue: filters-typed')).toBeVisible()
  await expect(chip(page, 'Status not Failed')).toBeVisible()
  await expect(total(page, '1 job')).toBeVisible()
  await expect(page.getByRole('link', { name: new RegExp(second?.id.slice(-8) ?? '') })).toBeVisible()

  await page.keyboard.press('Backspace')
  await expect(box(page)).toHaveValue('after:1h')
  await page.keyboard.press('Escape')
  await expect(box(page)).not.toBeFocused()
})

test('a bare word is a type or an error, and a bare id opens the job', async ({ page, stack }) => {
  const [, , expired] = await twoOfEach(stack, 'filters-bare')
  await page.goto('/jobs?queue=filters-bare')
  await box(page).fill('shop.ch')
  await expect(page.getByRole('option', { name: /^type:shop\.charge/ })).toBeVisible()
  await box(page).press('Enter')
  await expect(chip(page, 'Type: shop.ch*')).toBeVisible()
  await expect(total(page, '2 jobs')).toBeVisible()
  await box(page).fill('EXPIRED')
  await box(page).press('Enter')
  await expect(chip(page, 'Error has EXPIRED')).toBeVisible()
  await expect(total(page, '1 job')).toBeVisible()

  await box(page).fill(expired?.id ?? '')
  await box(page).press('Enter')
  await expect(page).toHaveURL(new RegExp(`/jobs/${expired?.id}$`))
})

test('suggestions with counts are chosen by keyboard', async ({ page, stack }) => {
  await twoOfEach(stack, 'filters-suggested')
  await page.goto('/jobs')
  await box(page).click()
  await expect(page.getByRole('option').first()).toHaveText(/^status:/)
  await page.keyboard.type('que')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(box(page)).toHaveValue('queue:')
  await page.keyboard.type('filters-sug')
  await expect(page.getByRole('option', { name: /filters-suggested/ })).toContainText('4')
  await expectAccessible(page)
  await screenshot(page, 'jobs-suggestions')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/queue=filters-suggested/)
  await expect(box(page)).toHaveValue('')
  await expect(total(page, '4 jobs')).toBeVisible()
})

test('what is wrong is said in place, and nothing is lost', async ({ page, complaints }) => {
  complaints.expect(/422/)
  await page.goto('/jobs')
  await box(page).fill('queue:emails statsu:failed')
  await box(page).press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'did you mean status:?' })).toBeVisible()
  await expect(box(page)).toHaveValue('queue:emails statsu:failed')
  await expectAccessible(page)
  await screenshot(page, 'jobs-bad-filter')
  await box(page).fill('status:broken')
  await box(page).press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'is no status' })).toBeVisible()

  await page.goto('/jobs?status=broken')
  await expect(page.getByRole('button', { name: /^status=broken ?\(not understood\)/ })).toBeVisible()
  await expect(
    page
      .getByRole('alert')
      .filter({ hasText: /status/ })
      .first(),
  ).toBeVisible()
})

test('a drag over the chart sets the time, and so does a form', async ({ page, stack }) => {
  await twoOfEach(stack, 'filters-drag')
  await page.goto('/jobs?queue=filters-drag')
  await expect(total(page, '4 jobs')).toBeVisible()
  const chart = page.locator('.u-over')
  await expect(chart).toBeVisible()
  const area = await chart.boundingBox()
  if (area === null) throw new Error('the chart has no place')
  await page.mouse.move(area.x + area.width * 0.25, area.y + 20)
  await page.mouse.down()
  await page.mouse.move(area.x + area.width * 0.5, area.y + 20, { steps: 4 })
  await page.mouse.up()
  await expect(page).toHaveURL(/finished_after=20.*finished_before=20/)
  await expect(
    page.getByText('No job matches').or(page.getByText('There are no jobs that old')),
  ).toBeVisible()

  const time = page.getByRole('button', { name: /^Time: / })
  await time.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '15 min' }).press('Enter')
  await expect(page).toHaveURL(/finished_after=15m/)
  await expect(total(page, '4 jobs')).toBeVisible()
  await time.click()
  await page.getByLabel('From').fill('2026-01-01T10:00')
  await page.getByLabel('To', { exact: true }).fill('2026-01-01T11:00')
  await expectAccessible(page)
  await screenshot(page, 'jobs-time')
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByText('There are no jobs that old')).toBeVisible()
  await page.getByRole('button', { name: 'Any time' }).last().click()
  await expect(total(page, '4 jobs')).toBeVisible()
})

test('an empty list names its filters, and one click takes each away', async ({ page, stack }) => {
  await twoOfEach(stack, 'filters-empty')
  await page.goto('/jobs?queue=filters-empty&tag=nobody')
  await expect(page.getByText('No job matches')).toBeVisible()
  await expectAccessible(page)
  await screenshot(page, 'jobs-no-match')
  await page.setViewportSize({ width: 390, height: 844 })
  await expect
    .poll(() =>
      page.getByRole('search', { name: 'Jobs' }).evaluate((part) => part.scrollWidth - part.clientWidth),
    )
    .toBe(0)
  await expect(page.getByRole('button', { name: 'Saved views' })).toBeInViewport({ ratio: 1 })
  await chip(page, 'Tag: nobody').last().click()
  await expect(total(page, '4 jobs')).toBeVisible()
})

test('views are saved, chosen, renamed and deleted', async ({ page, stack }) => {
  await twoOfEach(stack, 'filters-views')
  await page.goto('/jobs?queue=filters-views&status=failed')
  const views = page.getByRole('button', { name: /^Saved views/ })
  await views.click()
  await page.getByRole('menuitem', { name: 'Save this filter…' }).click()
  await page.getByLabel('Name').fill('Broken cards')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(views).toHaveAccessibleName('Saved views: Broken cards')

  await views.click()
  await page.getByRole('menuitem', { name: 'Failed last hour' }).click()
  await expect(page).toHaveURL(/\?status=failed&finished_after=1h$/)
  await page.reload()
  await expect(views).toHaveAccessibleName('Saved views: Failed last hour')
  await views.click()
  await screenshot(page, 'jobs-views')
  await page.getByRole('menuitem', { name: 'Broken cards' }).click()
  await expect(page).toHaveURL(/queue=filters-views/)
  await expect(total(page, '2 jobs')).toBeVisible()

  await views.click()
  await page.getByRole('menuitem', { name: 'Rename or delete…' }).click()
  await page.getByLabel('Name of Broken cards').fill('Cards')
  await page.getByLabel('Name of Broken cards').press('Enter')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Delete Cards' }).click()
  await expect(page.getByText('There are none any more.')).toBeVisible()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(views).toHaveAccessibleName('Saved views')
})
