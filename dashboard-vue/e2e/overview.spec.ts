import { expect, expectAccessible, screenshot, test } from './fixtures'

// In this order: nothing was submitted when the first begins.
test.use({ own: { processes: 1, schedules: 'e2e/schedules.yaml' } })

test('a new system says how to begin, and shows the first job when it comes', async ({ page, stack }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Submit a first job' })).toBeVisible()
  await expect(page.getByLabel('Command')).toContainText(`${stack.dashboardUrl}/api/jobs`)
  await expect(page.getByRole('link', { name: 'The API in Swagger' })).toHaveAttribute('href', '/api/docs')
  await expectAccessible(page)
  await screenshot(page, 'overview-empty')
  await stack.submit('shop.echo')
  await expect(page.getByRole('heading', { name: 'Submit a first job' })).toHaveCount(0)
  await expect(page.getByRole('link', { name: /^Completed \/ min/ })).toContainText('1 completed job')
})

test('figures follow the jobs without a reload', async ({ page, stack }) => {
  const main = page.getByRole('main')
  const tile = (name: RegExp) => main.getByRole('link', { name })
  await page.goto('/')
  await expect(tile(/^Running/)).toContainText('0 of 32')
  await expect(main.getByRole('listitem').filter({ hasText: 'Scheduler' })).toContainText('leads')

  const gate = stack.gate()
  for (let job = 0; job < 3; job += 1) await stack.submit('shop.hold', gate.payload)
  await expect(tile(/^Running/)).toContainText('3 of 32')
  await stack.api.POST('/queues/{name}/pause', { params: { path: { name: 'waits' } } })
  for (let job = 0; job < 4; job += 1) await stack.submit('shop.echo', {}, { queue: 'waits' })
  await expect(tile(/^Waiting/)).toContainText('4')
  await expect(main.getByRole('row', { name: /^waits 4/ })).toContainText('paused')
  await expect(page).toHaveTitle(/4 waiting/)

  const failed = await stack.submit('shop.charge', { message: 'the card was refused' })
  await stack.finished(failed.id)
  await expect(tile(/^Failed \/ min/)).toContainText('1 failed job')
  await expect(page).toHaveTitle(/failed\/min, 4 waiting/)
  await expect(main.getByRole('link', { name: /the card was refused/ })).toBeVisible()
  await expect(main.getByRole('heading', { name: 'Next schedules' })).toBeVisible()
  await expectAccessible(page)
  await screenshot(page, 'overview')

  await gate.open()
  await expect(tile(/^Running/)).toContainText('0 of 32')
  await tile(/^Waiting/).click()
  await expect(page).toHaveURL(/\/jobs\?status=queued$/)
})

test('while the API is away the last figures stay, nothing can be done, and it goes on by itself', async ({
  page,
  ownStack,
  complaints,
}) => {
  complaints.expect(/50[234]/, /ERR_/)
  await page.goto('/queues')
  const pause = page.getByRole('button', { name: /^(Pause|Resume) waits/ })
  await expect(pause).not.toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click()
  const waiting = page.getByRole('main').getByRole('link', { name: /^Waiting/ })
  await expect(waiting).toContainText('4')
  // Its part of the page is there.
  await expect(page.locator('canvas').first()).toBeVisible()

  await ownStack.stopApi()
  const banner = page.getByRole('alert').filter({ hasText: 'The API cannot be reached since' })
  await expect(banner).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'The API cannot be reached.' })).toBeVisible()
  await expect(waiting).toContainText('4')
  await screenshot(page, 'overview-offline')
  await page.getByRole('navigation').getByRole('link', { name: 'Queues' }).click()
  await expect(page.getByRole('row', { name: /waits/ })).toBeVisible()
  await expect(pause).toHaveAttribute('aria-disabled', 'true')

  ownStack.startApi()
  await expect(banner).toHaveCount(0, { timeout: 30_000 })
  await expect(pause).not.toHaveAttribute('aria-disabled', 'true')
  await pause.click()
  await expect(page.getByText('waits goes on')).toBeVisible()
  await expect(page.getByRole('row', { name: /^waits 0/ })).toBeVisible()
})
