import { expect, expectAccessible, screenshot, test } from './fixtures'

test.use({ own: { processes: 0 } })

test('a system without jobs says how to submit the first one', async ({ page, stack }) => {
  await page.goto('/jobs')
  await expect(page.getByText('No job was submitted yet')).toBeVisible()
  await expect(page.getByLabel('curl call')).toContainText(`${stack.dashboardUrl}/api/jobs`)
  await expectAccessible(page)
  await screenshot(page, 'jobs-never')
  await stack.submit('shop.echo')
  await expect(page.getByRole('link', { name: /shop\.echo/ })).toBeVisible()
})
