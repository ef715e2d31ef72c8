import type { Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, test, type Scope } from './fixtures'

test.use({ own: { keys: true } })

async function signIn(page: Page, key: string) {
  await page.getByLabel('API key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('without a key the page asks for one, and says why it takes no other', async ({ page, complaints }) => {
  complaints.expect(/401/)
  await page.goto('/submit')
  await expect(page.getByRole('heading', { name: 'Sign in to GoQueue' })).toBeVisible()
  await expect(page.getByLabel('API key')).toBeFocused()
  await signIn(page, 'gq_000000000000_wrong')
  await expect(page.getByRole('alert')).toContainText('knows no such key')
  await expect(page.getByLabel('API key')).toBeFocused()
  await screenshot(page, 'sign-in')
  await expectAccessible(page)
})

const CASES: { scopes: Scope[]; maySubmit: boolean; mayRead: boolean }[] = [
  { scopes: ['read'], maySubmit: false, mayRead: true },
  { scopes: ['submit'], maySubmit: true, mayRead: false },
  { scopes: ['operate'], maySubmit: false, mayRead: true },
  { scopes: ['read', 'submit'], maySubmit: true, mayRead: true },
  { scopes: ['admin'], maySubmit: true, mayRead: true },
]

for (const { scopes, maySubmit, mayRead } of CASES) {
  test(`a key with ${scopes.join(' and ')} may do that, and the page says what it may not`, async ({
    page,
    ownStack,
    complaints,
  }) => {
    complaints.expect(/401/, /403/)
    const key = await ownStack.createKey(...scopes)
    await page.goto('/submit')
    await signIn(page, key)
    await expect(page.getByRole('heading', { name: 'Submit a job' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible()
    await expect(page.getByText('may not read which types there are')).toBeVisible({ visible: !mayRead })

    const picker = page.getByRole('combobox', { name: 'Type' })
    await picker.fill('shop.echo')
    await picker.press('Enter')
    const button = page.getByRole('button', { name: /^Submit/ })
    if (maySubmit) {
      await button.click()
      await expect(page.getByText('shop.echo submitted')).toBeVisible()
    } else {
      await expect(button).toHaveAttribute('aria-disabled', 'true')
      await expect(button).toHaveAccessibleName(/has no scope submit/)
      await expectAccessible(page)
      await screenshot(page, `submit-denied-${scopes.join('-')}`)
    }
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in to GoQueue' })).toBeVisible()
  })
}

test('the key is kept over a reload, for the tab alone', async ({ page, context, ownStack, complaints }) => {
  complaints.expect(/401/)
  await page.goto('/submit')
  await signIn(page, await ownStack.createKey('read'))
  await expect(page.getByRole('heading', { name: 'Submit a job' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Submit a job' })).toBeVisible()
  const other = await context.newPage()
  await other.goto('/submit')
  await expect(other.getByRole('heading', { name: 'Sign in to GoQueue' })).toBeVisible()
})

test('a key that is revoked while the page is open is asked for anew', async ({
  page,
  ownStack,
  complaints,
}) => {
  test.setTimeout(120_000)
  complaints.expect(/401/)
  const [revoked, next] = [await ownStack.createKey('admin'), await ownStack.createKey('admin')]
  await page.goto('/submit')
  await signIn(page, revoked)
  await expect(page.getByRole('heading', { name: 'Submit a job' })).toBeVisible()
  await ownStack.revokeKey(revoked)
  // The API remembers a key for half a minute.
  await expect(page.getByRole('alert')).toContainText('no longer taken', { timeout: 80_000 })
  await signIn(page, next)
  await expect(page.getByRole('heading', { name: 'Submit a job' })).toBeVisible()
})
