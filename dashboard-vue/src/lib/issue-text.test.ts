import { expect, it } from 'vitest'
import { issueText } from './issue-text'

const failure = {
  fingerprint: '9f2c4b7a01d3e865',
  type: 'order.ship',
  message: 'ValueError: order <number> has no lines',
  frame: 'shop/orders.py:ship',
  count: 312,
  total: 4711,
  first_seen_at: '2026-02-28T21:14:07Z',
  last_seen_at: '2026-03-02T09:31:03Z',
  queues: { orders: 300, returns: 12 },
  traceback: 'Traceback:\n  boom\n',
}

it('says what, where, how often and since when', () =>
  expect(issueText(failure, 'Last 24 hours', 'http://x/failures/9f2c4b7a01d3e865')).toBe(
    `## order.ship: ValueError: order <number> has no lines

- **Job type:** \`order.ship\`
- **Where:** \`shop/orders.py:ship\`
- **How often:** 312 (last 24 hours), 4,711 in all
- **Seen:** 2026-02-28T21:14:07Z to 2026-03-02T09:31:03Z
- **Queues:** orders (300), returns (12)
- **Group:** [9f2c4b7a01d3e865](http://x/failures/9f2c4b7a01d3e865)

\`\`\`text
Traceback:
  boom
\`\`\`
`,
  ))

it('is not ended by a fence in a traceback', () =>
  expect(issueText({ ...failure, traceback: 'say ```` now' }, '', '')).toContain(
    '`````text\nsay ```` now\n`````',
  ))

it('needs neither frame nor traceback', () => {
  const text = issueText({ ...failure, frame: null, traceback: null, queues: {} }, '', '')
  expect(text).toContain('**Where:** unknown')
  expect(text).not.toContain('```')
})
