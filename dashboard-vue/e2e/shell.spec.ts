import { randomUUID } from 'node:crypto'
import { expect, expectAccessible, screenshot, test } from './fixtures'

test('the page opens under the strict policy, says nothing in the console, and anyone can use it', async ({
  page,
}) => {
  const answer = await page.goto('/')
  expect(answer?.headers()['content-security-policy']).toContain("default-src 'self'")
  await expect(page).toHaveTitle(/GoQueue/)
  await expectAccessible(page)
  await screenshot(page, 'shell')
})

test('jobs run in the stack', async ({ stack }) => {
  const gate = stack.gate()
  const waiting = await stack.submit('shop.hold', gate.payload)
  const failing = await stack.submit('shop.charge', { order: 17, message: 'the card was refused' })
  expect(await stack.finished(failing.id)).toMatchObject({ status: 'failed' })
  await gate.open()
  expect(await stack.finished(waiting.id)).toMatchObject({ status: 'completed' })
})

test('a page whose parts a deploy has taken away is opened anew', async ({ page, complaints }) => {
  complaints.expect(/404/, /dynamically imported module|preload/)
  await page.goto('/jobs')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Jobs')
  await page.route(/\/assets\/QueuesPage/, (route) => route.fulfill({ status: 404 }), { times: 1 })
  await page.getByRole('link', { name: 'Queues' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Queues')
  await expect(page).toHaveURL('/queues')
})

test('a hidden tab asks for nothing, and catches up when it is looked at', async ({ page, stack }) => {
  await page.goto('/workers')
  const foot = page.getByRole('navigation', { name: 'Main' })
  await expect(foot.getByText('Live', { exact: true })).toBeVisible()
  const hide = (isHidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
      Object.defineProperty(document, 'visibilityState', {
        value: hidden ? 'hidden' : 'visible',
        configurable: true,
      })
      document.dispatchEvent(new Event('visibilitychange'))
    }, isHidden)
  await hide(true)
  await expect(foot.getByText('Waiting', { exact: true })).toBeVisible()
  let asked = 0
  page.on('request', () => (asked += 1))
  const job = await stack.submit('shop.echo', { seen: 'later' })
  await stack.finished(job.id)
  const quiet = await stack.submit('shop.import', { steps: 3 }, { delay: 3 })
  await stack.finished(quiet.id)
  expect(asked).toBe(0)
  await hide(false)
  await expect(foot.getByText('Live', { exact: true })).toBeVisible()
  expect(asked).toBeGreaterThan(0)
})

test('without a pointer, the focus follows to the page that opens', async ({ page, stack }) => {
  const queue = `focus-${randomUUID().slice(0, 8)}`
  const job = await stack.submit('shop.echo', {}, { queue })
  await stack.finished(job.id)
  await page.goto(`/jobs?queue=${queue}`)
  await expect(page).toHaveTitle('1 job · GoQueue')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('job-id')).toHaveText(job.id)
  await expect(page.locator('main:focus, main :focus')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(`/jobs?queue=${queue}`)
  await expect(page.getByRole('table', { name: 'Jobs', exact: true })).toBeVisible()
  await expect(page.locator('main:focus, main :focus')).toHaveCount(1)

  await page.getByRole('link', { name: 'Queues' }).press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Queues' })).toBeFocused()

  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Page, queue' })).toBeFocused()
  await page.keyboard.type('sched')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Schedules' })).toBeFocused()
})

test('no page is wider than 320 pixels', async ({ page, stack }) => {
  const job = await stack.submit(
    'shop.charge',
    { message: 'x'.repeat(200) },
    { queue: `narrow-${'y'.repeat(40)}` },
  )
  const { queue, fingerprint } = await stack.finished(job.id)
  await page.setViewportSize({ width: 320, height: 640 })
  const ones = [
    `/jobs/${job.id}`,
    `/failures/${fingerprint}`,
    `/queues/${queue}`,
    '/schedules/nightly-import',
  ]
  for (const path of ['/', '/jobs', '/failures', '/queues', '/workers', '/schedules', '/submit', ...ones]) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByText('Live', { exact: true }).filter({ visible: true })).toHaveCount(1)
    await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(320)
  }
})

test('where the system chooses the colours, so it does the theme', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' })
  await page.goto('/workers')
  await page.evaluate(() => localStorage.setItem('goqueue.preferences', JSON.stringify({ theme: 'light' })))
  await page.reload()
  const html = page.locator('html')
  await expect(html).toHaveAttribute('data-theme', 'dark')
  const here = page.getByRole('link', { name: 'Workers', exact: true })
  await expect(here).toHaveCSS('outline-style', 'solid')
  await expect(page.getByRole('progressbar')).toHaveCSS('outline-style', 'solid')
  await page.emulateMedia({ forcedColors: 'none' })
  await expect(html).toHaveAttribute('data-theme', 'light')
})
