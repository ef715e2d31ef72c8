import { describe, expect, it } from 'vitest'
import { filterFromQuery } from '@/lib/job-filter'
import { type JobsFrame, hasRunLong, isActive, mayChangeCount, newcomersOf, touches } from '@/lib/job-news'

const NOW = Date.parse('2026-03-02T09:30:00Z')
const FRAME: JobsFrame = { n: 1, statuses: { queued: { emails: 1 } }, jobs: [['a', 'queued', 0]] }

it.each([
  [FRAME, ['a', 'b'], true],
  [FRAME, ['b'], false],
  [{ ...FRAME, jobs: null }, ['b'], true],
])('%j touches %j: %s', (frame, ids, is) => expect(touches(frame, ids)).toBe(is))

it.each([
  [{}, true],
  [{ queue: 'emails' }, true],
  [{ queue: 'reports' }, false],
  [{ queue: 'rep*' }, true],
])('news of the queue emails may change the count of %j: %s', (query, is) =>
  expect(mayChangeCount(FRAME, filterFromQuery(query))).toBe(is),
)

it.each([
  ['queued', null, true],
  ['processing', null, true],
  ['scheduled', '2026-03-02T09:30:01Z', true],
  ['retrying', '2026-03-02T10:00:00Z', false],
  ['completed', null, false],
] as const)('a job that is %s, due %s, is active: %s', (status, run_at, is) =>
  expect(isActive({ status, run_at }, NOW)).toBe(is),
)

it('asks for progress of jobs that run for seconds', () => {
  expect(hasRunLong({ status: 'processing', started_at: '2026-03-02T09:29:50Z' }, NOW)).toBe(true)
  expect(hasRunLong({ status: 'processing', started_at: '2026-03-02T09:29:59Z' }, NOW)).toBe(false)
})

describe('newcomersOf', () => {
  const eq = (value: number) => ({ value, relation: 'eq' as const })
  const gte = (value: number) => ({ value, relation: 'gte' as const })
  it.each([
    ['nothing known', undefined, undefined, null, null],
    ['nothing new', eq(0), eq(10), 10, null],
    ['created later', eq(37), eq(47), 10, { ...eq(37), areLater: true }],
    ['more than can be counted', gte(10_000), gte(10_000), 10, { ...gte(10_000), areLater: true }],
    ['older ones that came in by a change', eq(1), eq(14), 10, { ...eq(4), areLater: false }],
    ['fewer match', eq(0), eq(7), 10, null],
  ])('%s', (_name, later, total, first, expected) =>
    expect(newcomersOf(later, total, first)).toEqual(expected),
  )
})
