import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, test as base } from './fixtures'

interface Fixtures {
  /** A name that no other test uses; its schedule is deleted afterwards, since it would fire for ever. */
  name: string
}

const test = base.extend<Fixtures>({
  name: async ({ stack }, use) => {
    const name = `made-by-a-test-${randomUUID().slice(0, 8)}`
    await use(name)
    await stack.api.DELETE('/schedules/{schedule}', {
      params: { path: { schedule: name }, header: { 'If-Match': '*' } },
    })
  },
})

const dots = (page: Page, name: string) =>
  page.getByRole('list', { name: `Last runs of ${name}` }).getByRole('link')

test('a schedule is made with a look at what it does, fires for real, and is steered by keys', async ({
  page,
  stack,
  name,
  complaints,
}) => {
  complaints.expect(/422 \(UNPROCESSABLE ENTITY\)/i)
  await page.goto('/schedules')
  await expect(page.getByText(', leads')).toBeVisible()
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog', { name: 'New schedule' })
  const cron = dialog.getByRole('textbox', { name: 'Cron' })
  await dialog.getByRole('combobox', { name: 'Type' }).fill('shop.echo')
  await page.keyboard.press('Enter')
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name)

  await cron.fill('0 25 * * *')
  await expect(dialog.getByText('hour: 25 is out of range 0 to 23, at character 3')).toBeVisible()
  await expect(cron).toHaveAttribute('aria-invalid', 'true')
  expect(await dialog.locator('[data-caret]').textContent()).toBe('  ^')
  await expectAccessible(page)
  await screenshot(page, 'schedule-cron-wrong')

  await cron.fill('30 2 * * *')
  await dialog.getByLabel('Time zone').fill('Europe/Berlin')
  const preview = dialog.getByRole('region', { name: 'Preview' })
  await expect(preview.getByText('At 02:30 every day')).toBeVisible()
  await expect(preview.getByRole('row')).toHaveCount(6)
  await expect(preview.getByRole('row').nth(1)).toContainText('02:30 +01:00')
  await expect(preview.getByText(/The clocks change from/)).toBeVisible()
  await expectAccessible(page)
  await screenshot(page, 'schedule-preview')

  await cron.fill('*/1 * * * * *')
  await expect(preview.getByText('Every second')).toBeVisible()
  await dialog.getByLabel('Payload').fill('{"order": 12345678901234567890}')
  await dialog.getByRole('button', { name: 'Create' }).click()

  await expect(page).toHaveURL(`/schedules/${name}`)
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  const { data } = await stack.api.GET('/schedules/{schedule}', {
    params: { path: { schedule: name } },
    parseAs: 'text',
  })
  expect(data).toContain('12345678901234567890')
  await expect(page.getByText('12345678901234567890')).toBeVisible()

  await expect.poll(() => dots(page, name).count(), { timeout: 20_000 }).toBeGreaterThan(2)
  await expect(dots(page, name).first()).toHaveAccessibleName(/^Completed, /)
  await expectAccessible(page)
  await screenshot(page, 'schedule')

  await page.keyboard.press('z')
  await expect(page.getByText('Paused', { exact: true })).toBeVisible()
  await page.keyboard.press('r')
  await expect(page.getByRole('status').getByText(`${name} runs now`)).toBeVisible()
  const byHand = dots(page, name).and(page.getByRole('link', { name: /^Completed, .* by hand$/ }))
  await expect(byHand).toHaveCount(1)
  const job = (await byHand.getAttribute('href')) ?? ''
  await page.getByRole('link', { name: 'Open its job' }).click()
  await expect(page).toHaveURL(job)
  await page.goBack()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible()
})

test('dots of the list move while a schedule fires, and it is paused and run there', async ({
  page,
  stack,
  name,
}) => {
  await stack.api.POST('/schedules', { body: { name, type: 'shop.echo', cron: '* * * * * *' } })
  await page.goto('/schedules')
  await expect.poll(() => dots(page, name).count(), { timeout: 20_000 }).toBeGreaterThan(1)
  await expect(page.getByRole('link', { name: `${name} next:` })).toBeVisible()
  await page.keyboard.press('j')
  await expect(page.getByRole('heading', { level: 2 }).first().getByRole('link')).toBeFocused()
  await page.getByRole('link', { name, exact: true }).focus()
  await page.keyboard.press('z')
  await expect(page.getByText(`${name} paused`)).toBeVisible()
  await page.getByRole('button', { name: `Run ${name} now` }).click()
  await expect(dots(page, name).last()).toHaveAccessibleName(/^Completed, .* by hand$/)
  await expectAccessible(page)
  await screenshot(page, 'schedules')
  await page.getByRole('button', { name: `Resume ${name}` }).click()
  await expect(page.getByText(`${name} resumed`)).toBeVisible()

  await dots(page, name).last().focus()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/)
})

test('what somebody else changed meanwhile is shown before it is overwritten', async ({
  page,
  stack,
  name,
  complaints,
}) => {
  complaints.expect(/412 \(PRECONDITION FAILED\)/i)
  await stack.api.POST('/schedules', { body: { name, type: 'shop.echo', cron: '0 2 * * *' } })
  await page.goto(`/schedules/${name}`)
  await expect(page.getByRole('button', { name: 'Edit' })).toBeVisible()
  await page.keyboard.press('e')
  const dialog = page.getByRole('dialog', { name: `Edit ${name}` })
  await dialog.getByRole('textbox', { name: 'Cron' }).fill('0 5 * * *')
  await stack.api.PATCH('/schedules/{schedule}', {
    params: { path: { schedule: name }, header: { 'If-Match': '*' } },
    body: { cron: '0 4 * * *', queue: 'theirs' },
  })
  await dialog.getByRole('button', { name: 'Save' }).click()
  const conflict = dialog.getByRole('alert')
  await expect(conflict).toContainText('Somebody changed this schedule')
  await expect(conflict).toContainText('Cron: 0 2 * * * became 0 4 * * *; you wrote 0 5 * * *')
  await expect(conflict).toContainText('Queue: default became theirs')
  await expectAccessible(page)
  await screenshot(page, 'schedule-conflict')
  await conflict.getByRole('button', { name: 'Keep my changes' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText('At 05:00 every day')).toBeVisible()
  const { data } = await stack.api.GET('/schedules/{schedule}', { params: { path: { schedule: name } } })
  expect(data).toMatchObject({ cron: '0 5 * * *', queue: 'theirs' })
})

test('a schedule is deleted, and its page says that it is gone', async ({
  page,
  stack,
  name,
  complaints,
}) => {
  complaints.expect(/404 \(NOT FOUND\)/i)
  await stack.api.POST('/schedules', { body: { name, type: 'shop.echo', cron: '0 2 * * *' } })
  await page.goto(`/schedules/${name}`)
  await expect(page.getByText('It has not fired yet.')).toBeVisible()
  await page.keyboard.press('d')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page).toHaveURL('/schedules')
  await expect(page.getByText(`${name} deleted`)).toBeVisible()
  await expect(page.getByRole('link', { name: 'hourly-echo', exact: true })).toBeVisible()
  await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0)
  await page.goto(`/schedules/${name}`)
  await expect(page.getByText(`There is no schedule ${name}`)).toBeVisible()
  await expectAccessible(page)
})

test('what the file keeps is read-only, and says why', async ({ page, complaints }) => {
  complaints.expect(/409 \(CONFLICT\)/i)
  await page.goto('/schedules')
  await page.getByRole('combobox', { name: 'Paused' }).selectOption('Paused')
  await page.getByRole('combobox', { name: 'Source' }).selectOption('From the file')
  await expect(page).toHaveURL('/schedules?state=paused&source=file')
  await expect(page.getByRole('heading', { level: 2 })).toHaveCount(1)
  await page.getByRole('link', { name: 'paused-charges', exact: true }).click()
  const edit = page.getByRole('button', { name: /^Edit/ })
  await expect(edit).toHaveAttribute('aria-disabled', 'true')
  await expect(edit).toHaveAccessibleName(/The schedules file keeps it: change it there\.$/)
  await expect(page.getByRole('button', { name: /^Delete/ })).toHaveAttribute('aria-disabled', 'true')
  await expect(page.getByRole('button', { name: /^Resume/ })).not.toHaveAttribute('aria-disabled')
  await page.keyboard.press('e')
  await page.keyboard.press('d')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expectAccessible(page)
  await screenshot(page, 'schedule-of-the-file')

  await page.goto('/schedules')
  await page.getByRole('button', { name: 'New schedule' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Type' }).fill('shop.echo')
  await page.keyboard.press('Enter')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('hourly-echo')
  await dialog.getByRole('button', { name: 'Daily' }).click()
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(dialog.getByText("there is a schedule 'hourly-echo' already")).toBeVisible()
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused()
})
