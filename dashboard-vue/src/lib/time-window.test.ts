import { describe, expect, it } from 'vitest'
import { type Query, filterFromQuery, queryFromFilter } from '@/lib/job-filter'
import { rangeField, resolveWindow, wholeMinutes, windowOf, withRange } from '@/lib/time-window'

const NOW = Date.parse('2026-03-02T12:00:00Z')

describe('the time a range on the chart is about', () => {
  it.each<[Query, string]>([
    [{}, 'finished'],
    [{ status: 'failed' }, 'finished'],
    [{ status: 'failed,queued' }, 'finished'],
    [{ status: 'queued,processing' }, 'created'],
    [{ created_after: '2h' }, 'created'],
    [{ run_at_before: '+10m' }, 'run_at'],
  ])('of %o is %s', (query, field) => {
    expect(rangeField(filterFromQuery(query))).toBe(field)
  })
})

it('becomes part of the filter', () => {
  const filter = withRange(
    filterFromQuery({ status: 'failed' }),
    wholeMinutes(new Date(NOW + 1), new Date(NOW + 61_000)),
  )
  expect(queryFromFilter(filter)).toEqual({
    status: 'failed',
    finished_after: '2026-03-02T12:00:00Z',
    finished_before: '2026-03-02T12:02:00Z',
  })
})

describe('the window of the chart', () => {
  it.each<[Query, string, string]>([
    [{}, '11:00', '12:00'],
    [{ finished_after: '15m' }, '11:45', '12:00'],
    [{ finished_after: '2h', finished_before: '1h' }, '10:00', '11:00'],
    [{ finished_before: '1h' }, '10:00', '11:00'],
    [{ run_at_before: '+10m' }, '11:00', '12:00'],
    [{ finished_after: '2026-03-02T11:00:00Z', finished_before: '2026-03-03T00:00:00Z' }, '11:00', '12:00'],
    [{ finished_after: '10s' }, '11:59', '12:00'],
  ])('of %o is from %s to %s', (query, from, to) => {
    const window = resolveWindow(windowOf(filterFromQuery(query)), NOW)
    expect([window.from, window.to].map((at) => at.toISOString().slice(11, 16))).toEqual([from, to])
  })
})
