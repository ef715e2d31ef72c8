import { describe, expect, it } from 'vitest'
import { type Row, attemptsOf, changedIds, justAfter, withNews } from '@/lib/job-rows'

const row = (id: string, told: Partial<Row> = {}) =>
  ({ id, status: 'queued', attempts: 0, updated_at: '2026-03-02T09:30:00Z', ...told }) as Row
const news = (...rows: Row[]) => new Map(rows.map((one) => [one.id, one]))

describe('withNews', () => {
  const pages = [{ rows: [row('a'), row('b')] }, { rows: [row('c')] }]

  it('keeps the very objects when nothing has changed', () => {
    const next = withNews(pages, new Set(['a', 'b']), news(row('a'), row('b')))
    expect(next[0]).toBe(pages[0])
    expect(next[1]).toBe(pages[1])
  })

  it('renews a job in its place and leaves the others the same objects', () => {
    const next = withNews(
      pages,
      new Set(['a', 'b']),
      news(row('a'), row('b', { status: 'processing', attempts: 1 })),
    )
    expect(next[0]!.rows.map(({ id, status }) => [id, status])).toEqual([
      ['a', 'queued'],
      ['b', 'processing'],
    ])
    expect(next[0]!.rows[0]).toBe(pages[0]!.rows[0])
    expect(next[1]).toBe(pages[1])
  })

  it('marks what was asked for and not found as deleted, and takes it back', () => {
    const gone = withNews(pages, new Set(['a', 'b']), news(row('b')))
    expect(gone[0]!.rows[0]!.isDeleted).toBe(true)
    expect(withNews(gone, new Set(['a']), news())[0]).toBe(gone[0])
    expect(withNews(gone, new Set(['a']), news(row('a')))[0]!.rows[0]!.isDeleted).toBeUndefined()
  })
})

it('tells which jobs are in another status or attempt', () => {
  const before = [row('a'), row('b'), row('c')]
  const after = [
    row('a', { status: 'completed' }),
    row('b', { updated_at: 'later' }),
    row('c', { attempts: 1 }),
  ]
  expect(changedIds(before, after)).toEqual(new Set(['a', 'c']))
})

it.each([
  ['2026-03-02T09:30:00.123456Z', '2026-03-02T09:30:00.123457Z'],
  ['2026-03-02T09:30:00Z', '2026-03-02T09:30:00.000001Z'],
  ['2026-03-02T09:30:00.5Z', '2026-03-02T09:30:00.500001Z'],
  ['2026-12-31T23:59:59.999999Z', '2027-01-01T00:00:00.000000Z'],
])('just after %s is %s', (at, after) => expect(justAfter(at)).toBe(after))

it.each([
  [{ attempts: 2, max_retries: 4 }, '2/5'],
  [{ attempts: 0, max_retries: 0 }, '0/1'],
  // Executions that died with their process count as attempts, not as failures.
  [{ attempts: 7, max_retries: 3 }, '7/7'],
])('attempts of %j are %s', (job, text) => expect(attemptsOf(job)).toBe(text))
