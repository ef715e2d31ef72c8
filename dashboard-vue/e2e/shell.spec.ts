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
