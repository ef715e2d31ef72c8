import { describe, expect, it } from 'vitest'
import { type BulkOperation, frozenFilter, jobsOf, namesEveryJob, resultSentence } from '@/lib/bulk'
import { filterFromQuery } from '@/lib/job-filter'

const NOW = Date.parse('2026-03-02T09:30:00Z')
const operation = (told: Partial<BulkOperation>) =>
  ({ action: 'retry', state: 'completed', changed: 12, skipped: 0, error: null, ...told }) as BulkOperation

describe('frozenFilter', () => {
  it.each([
    ['names now as its end', {}, null, '2026-03-02T09:30:00.000Z'],
    [
      'has the newest that is shown, where the clock is slow',
      {},
      '2026-03-02T09:31:00.000001Z',
      '2026-03-02T09:31:00.000002Z',
    ],
    ['keeps an earlier end', { created_before: '2026-03-01T00:00:00Z' }, null, '2026-03-01T00:00:00Z'],
    ['cuts a later end', { created_before: '2026-03-05T00:00:00Z' }, null, '2026-03-02T09:30:00.000Z'],
  ])('%s', (_name, query, newestAt, end) => {
    const frozen = frozenFilter(filterFromQuery({ ...query, status: 'failed' }), NOW, newestAt)
    expect(frozen).toEqual({ status: ['failed'], created_before: end })
  })

  it('keeps what is no time, to be refused', () => {
    const frozen = frozenFilter(filterFromQuery({ created_before: 'yesterday' }), NOW, null)
    expect(frozen.created_before).toEqual(['yesterday'])
  })

  it('counts `2h` from the moment of choosing', () => {
    expect(frozenFilter(filterFromQuery({ created_after: '2h' }), NOW, null).created_after).toBe(
      '2026-03-02T07:30:00Z',
    )
  })
})

it.each([
  [{ value: 1, relation: 'eq' }, '1 job'],
  [{ value: 9_999, relation: 'eq' }, '9,999 jobs'],
  [{ value: 12_000_000, relation: 'eq' }, '12M jobs'],
  [{ value: 10_000, relation: 'gte' }, '10K+ jobs'],
])('%j is %s', (count, text) => expect(jobsOf(count)).toBe(text))

it.each([
  [operation({}), '12 jobs retried'],
  [operation({ changed: 1, skipped: 3 }), '1 job retried, 3 jobs skipped'],
  [operation({ state: 'aborted', action: 'delete' }), 'Aborted: 12 jobs deleted'],
  [operation({ state: 'failed', error: 'PostgreSQL is away' }), 'PostgreSQL is away: 12 jobs retried'],
])('tells what came of %j', (ended, text) => expect(resultSentence(ended)).toBe(text))

it('knows a filter that names nothing', () => {
  expect(namesEveryJob({ filter: {} })).toBe(true)
  expect(namesEveryJob({ filter: { queue: ['emails'] } })).toBe(false)
  expect(namesEveryJob({ ids: [] })).toBe(false)
})
