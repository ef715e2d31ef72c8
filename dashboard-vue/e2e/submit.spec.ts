import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { expect, expectAccessible, screenshot, test } from './fixtures'
import { goqueueCommand } from './fixtures/goqueue-up'

const run = promisify(execFile)

const submitted = (page: Page) => page.getByRole('region', { name: 'Submitted from here' })
const newestId = async (page: Page) =>
  (await submitted(page).getByRole('listitem').first().getByRole('link').getAttribute('title')) ?? ''

async function pick(page: Page, type: string) {
  const picker = page.getByRole('combobox', { name: 'Type' })
  await picker.fill(type)
  await page.getByRole('option', { name: type }).click()
  await expect(picker).toHaveValue(type)
}

test('a job submitted by a form of every kind is watched to its end', async ({ page, stack }) => {
  const gate = stack.gate()
  await page.goto('/submit')
  await pick(page, 'shop.order')
  await page.getByRole('textbox', { name: 'Customer' }).fill('Ada "L." O\'Hara')
  await page.getByRole('combobox', { name: 'size' }).selectOption('medium')
  await expect(page.getByRole('textbox', { name: 'copies' })).toHaveValue('1')
  await page.getByRole('textbox', { name: 'note' }).fill('two\nlines')
  await page.getByRole('textbox', { name: 'discount' }).fill('0.25')
  await page.getByRole('combobox', { name: 'express' }).selectOption('true')
  await page.getByRole('button', { name: 'Add labels' }).click()
  await page.getByRole('textbox', { name: 'labels 1' }).fill('fragile')
  await page.getByRole('button', { name: 'Add address' }).click()
  await page.getByRole('textbox', { name: 'city' }).fill('Bern')
  await page.getByRole('textbox', { name: 'deliver_at' }).fill('2030-01-31T12:00:00Z')
  await page.getByRole('checkbox', { name: 'null as gift' }).check()
  await page.getByRole('textbox', { name: 'extra' }).fill('{"big": 9007199254740993}')
  await page.getByRole('textbox', { name: 'gate' }).fill(gate.payload.gate)
  await page.getByText('Options').click()
  await page.getByRole('textbox', { name: 'Tags' }).fill('by-form')
  await screenshot(page, 'submit-form')
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Submit' }).click()
  const row = submitted(page).getByRole('listitem').first()
  await expect(page.getByText('shop.order submitted')).toBeVisible()
  await expect(row.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '50')
  await expect(row).toContainText('packing')
  await screenshot(page, 'submit-running')
  await gate.open()
  await expect(row).toContainText('Completed')

  const job = await stack.job(await newestId(page))
  expect(job).toMatchObject({ tags: ['by-form'], queue: 'default' })
  expect(job.payload).toMatchObject({
    customer: 'Ada "L." O\'Hara',
    size: 'medium',
    copies: 1,
    note: 'two\nlines',
    discount: 0.25,
    express: true,
    labels: ['fragile'],
    address: { city: 'Bern' },
    deliver_at: '2030-01-31T12:00:00Z',
    gift: null,
  })
})

test('what the API refuses stands at its field, which gets the focus', async ({ page, complaints }) => {
  complaints.expect(/422/)
  await page.goto('/submit?type=shop.order')
  await page.getByRole('textbox', { name: 'copies' }).fill('99')
  await page.getByRole('button', { name: 'Submit' }).click()
  const customer = page.getByRole('textbox', { name: 'Customer' })
  await expect(page.getByRole('combobox', { name: 'size' })).toBeFocused()
  await expect(customer).toHaveAccessibleDescription(/is required/)
  await expect(page.getByRole('textbox', { name: 'copies' })).toHaveAccessibleDescription(/99 is greater/)
  await screenshot(page, 'submit-refused')
  await expectAccessible(page)

  await page.getByRole('tab', { name: 'JSON' }).click()
  await expect(page.getByRole('textbox', { name: 'Payload' })).toHaveAccessibleDescription(
    /copies: 99 is greater/,
  )
  await page.getByRole('tab', { name: 'Form' }).click()
  await expect(page.getByRole('textbox', { name: 'copies' })).toHaveValue('99')
})

test('big integers survive view, edit and rerun', async ({ page, stack }) => {
  await page.goto('/submit?type=shop.echo')
  await page.getByRole('tab', { name: 'JSON' }).click()
  const payload = page.getByRole('textbox', { name: 'Payload' })
  await payload.fill('{"n": 9007199254740993, "x": }')
  await expect(page.getByText('Line 1, column 30')).toBeVisible()
  await payload.fill('{"n": 9007199254740993, "m": [9223372036854775807]}')
  await page.keyboard.press('Control+Enter')
  await expect(submitted(page)).toContainText('Completed')
  const first = await newestId(page)
  const textOf = async (id: string) => (await fetch(`${stack.apiUrl}/jobs/${id}`)).text()
  expect(await textOf(first)).toMatch(/"n":\s*9007199254740993/)

  await page.goto(`/submit?from=${first}`)
  await expect(page.getByText('Nothing is changed yet.')).toBeVisible()
  const edited = page.getByRole('textbox', { name: 'Payload' })
  await expect(edited).toHaveValue(/9007199254740993/)
  await edited.fill('{"n": 9007199254740995, "m": [9223372036854775807]}')
  await screenshot(page, 'submit-rerun')
  await page.getByRole('button', { name: 'Rerun' }).click()
  await expect(submitted(page)).toContainText('Completed')
  const second = await newestId(page)
  expect(await textOf(second)).toMatch(/"n":\s*9007199254740995/)
  expect(await textOf(second)).toMatch(/9223372036854775807/)
  expect(await stack.job(second)).toMatchObject({ rerun_of: first })
})

test('the keyboard alone submits a job', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await page.keyboard.press('c')
  await expect(page.getByRole('heading', { name: 'Submit a job' })).toBeVisible()
  await page.getByRole('combobox', { name: 'Type' }).focus()
  await page.keyboard.type('shop.ec')
  await expect(page.getByRole('listbox', { name: 'Types' }).getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('tab', { name: 'JSON' })).toBeFocused()
  await page.keyboard.press('Tab')
  const payload = page.getByRole('textbox', { name: 'Payload' })
  while (!(await payload.evaluate((area) => area === document.activeElement)))
    await page.keyboard.press('Tab')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('{"by": "keys"}')
  await page.keyboard.press('Tab')
  await expect(payload).toHaveValue(/ {2}$/)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  await expect(payload).not.toBeFocused()
  await page.keyboard.press('Control+Enter')
  await expect(submitted(page)).toContainText('Completed')
})

test('the calls beside the form make the same job', async ({ page, stack }) => {
  const payload = String.raw`{"text": "it's \"so\" $HOME \\ é", "n": 9007199254740993, "none": null, "yes": true}`
  await page.goto('/submit?type=shop.echo')
  await page.getByRole('tab', { name: 'JSON' }).click()
  await page.getByRole('textbox', { name: 'Payload' }).fill(payload)
  await page.getByText('Options').click()
  await page.getByRole('textbox', { name: 'Tags' }).fill("it's a tag")
  const idOf = (text: string) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(text)?.[0] ?? ''

  const command =
    (await page.getByRole('region', { name: 'The same call' }).locator('pre').textContent()) ?? ''
  const byCurl = idOf((await run('bash', ['-c', command])).stdout)
  await page.getByRole('tab', { name: 'Python' }).click()
  const program =
    (await page.getByRole('region', { name: 'The same call' }).locator('pre').textContent()) ?? ''
  const python = join(dirname(goqueueCommand()[0]), 'python')
  const byPython = idOf((await run(python, ['-c', program])).stdout)
  await page.getByRole('button', { name: 'Submit' }).click()
  await expect(submitted(page)).toContainText('Completed')

  for (const id of [byCurl, byPython, await newestId(page)]) {
    const text = await (await fetch(`${stack.apiUrl}/jobs/${id}`)).text()
    expect(text).toMatch(/"n":\s*9007199254740993/)
    expect(JSON.parse(text)).toMatchObject({
      type: 'shop.echo',
      tags: ["it's a tag"],
      payload: { text: `it's "so" $HOME \\ é`, none: null, yes: true },
    })
  }
})
