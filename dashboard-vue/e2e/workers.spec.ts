import type { Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, test } from './fixtures'

test.use({ own: { processes: 2 } })

/** The cell in which a job runs. */
const cellOf = (page: Page, id: string) => page.getByRole('main').locator(`a[href="/jobs/${id}"]`)
const placeOf = async (page: Page, id: string) => {
  const cell = cellOf(page, id)
  const strip = cell.locator('xpath=ancestor::ul[1]')
  return `${await strip.getAttribute('aria-label')} ${await cell.getAttribute('data-index')}`
}

test("a worker's slots fill, keep their jobs, and empty", async ({ page, stack }) => {
  await page.goto('/workers')
  await expect(page.getByRole('heading', { level: 2 })).toHaveCount(2)
  await expect(page.getByText('0 of 32')).toBeVisible()
  const gates = [stack.gate(), stack.gate(), stack.gate()]
  const jobs = []
  for (const gate of gates) jobs.push(await stack.submit('shop.hold', gate.payload))
  for (const { id } of jobs) await expect(cellOf(page, id)).toHaveAccessibleName(/^shop\.hold, .*: waiting$/)
  await expect(page.getByText('3 of 32')).toBeVisible()
  await expect(page).toHaveTitle(/^3 of 32 slots busy/)

  const before = await Promise.all(jobs.map(({ id }) => placeOf(page, id)))
  await gates[0]?.open()
  await expect(cellOf(page, jobs[0]?.id ?? '')).toHaveCount(0)
  expect(await Promise.all(jobs.slice(1).map(({ id }) => placeOf(page, id)))).toEqual(before.slice(1))

  const gate = stack.gate()
  const half = await stack.submit('shop.import', { ...gate.payload, steps: 4, hold_at: 2 })
  await expect(cellOf(page, half.id)).toHaveAccessibleName(/, 50%: step 3 of 4$/)
  await expectAccessible(page)
  await screenshot(page, 'workers')

  for (const { open } of [...gates, gate]) await open()
  await expect(page.getByText('0 of 32')).toBeVisible()
  await expect(page).toHaveTitle(/^0 of 32 slots busy/)
})

test('a job is found by keyboard, and opened', async ({ page, stack }) => {
  const gates = Array.from({ length: 4 }, () => stack.gate())
  const jobs = []
  for (const gate of gates) jobs.push(await stack.submit('shop.hold', gate.payload))
  await page.goto('/workers')
  const busy = page.getByRole('list', { name: /^Slots of/ }).filter({ has: page.getByRole('link') })
  await expect(busy.getByRole('link')).toHaveCount(4)
  const first = busy.first().getByRole('link')
  await first.first().focus()
  await page.keyboard.press('ArrowRight')
  const next = first.nth((await first.count()) > 1 ? 1 : 0)
  await expect(next).toBeFocused()
  await expect(page.getByRole('tooltip')).toContainText('shop.hold')
  const address = await next.getAttribute('href')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`${address}$`))
  for (const gate of gates) await gate.open()
})

test('a drained worker finishes what it runs and takes nothing more', async ({ page, stack }) => {
  const gates = Array.from({ length: 6 }, () => stack.gate())
  for (const gate of gates) await stack.submit('shop.hold', gate.payload)
  await page.goto('/workers')
  await expect(page.getByText('6 of 32')).toBeVisible()
  const busy = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { level: 2 }) })
    .filter({ has: page.getByRole('link', { name: /^shop\.hold/ }) })
    .first()
  const name = (await busy.getByRole('button').getAttribute('aria-label')) ?? ''
  const row = page.getByRole('listitem').filter({ has: page.getByRole('button', { name }) })
  await row.getByRole('button', { name }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('claims nothing more and finishes what it runs')
  await dialog.getByRole('button', { name: 'Drain' }).click()
  await expect(page.getByText('claims no more jobs')).toBeVisible()
  await expect(row.getByText('Draining')).toBeVisible()
  await expect(row.getByRole('button', { name })).toHaveAttribute('aria-disabled', 'true')
  for (const gate of gates) await gate.open()
  await expect(row.getByText('Drained')).toBeVisible()
  await expect(page).toHaveTitle(/^0 of 16 slots busy/)

  const job = await stack.submit('shop.hold', stack.gate().payload)
  await expect(cellOf(page, job.id)).toBeVisible()
  await expect(row.getByRole('link', { name: /^shop\.hold/ })).toHaveCount(0)
  await screenshot(page, 'workers-drained')
})
