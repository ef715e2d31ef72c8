import { describe, expect, it } from 'vitest'
import { type ChartSeries, columnsOf, rowsOf, tickLabels, wholeOf, lonePoints } from '@/lib/chart'

const counts = (values: (number | null)[]): ChartSeries => ({
  label: 'a',
  tone: 'failed',
  kind: 'stack',
  values,
})
const line = (values: (number | null)[]): ChartSeries => ({
  label: 'b',
  tone: 'accent',
  kind: 'line',
  values,
})

describe('the columns of a chart', () => {
  it('stack counts, leave lines as they are, and end the last step', () => {
    expect(columnsOf([0, 60], 60, [counts([1, 2]), counts([10, null]), line([0.5, null])])).toEqual([
      [0, 60, 120],
      [1, 2, 2],
      [11, 2, 2],
      [0.5, null, null],
    ])
  })

  it('are empty without data', () => {
    expect(columnsOf([], 60, [counts([])])).toEqual([[], []])
  })
})

describe('the rows of its table', () => {
  it('are few, with sums of counts and the greatest of a line', () => {
    const rows = rowsOf([0, 60, 120, 180, 240], 60, [counts([1, 2, 3, 4, 5]), line([1, 9, null, null, 2])], 3)
    expect(rows).toEqual([
      { from: 0, to: 120, values: [3, 9] },
      { from: 120, to: 240, values: [7, null] },
      { from: 240, to: 300, values: [5, 2] },
    ])
  })
})

it('sums up a series', () => {
  expect(wholeOf(counts([1, null, 2]))).toBe(3)
  expect(wholeOf(line([null, 4, 2]))).toBe(4)
  expect(wholeOf(line([null]))).toBeNull()
})

it('labels midnight by its day', () => {
  const midnight = Date.parse('2026-03-02T00:00:00Z') / 1000
  expect(tickLabels([midnight - 1800, midnight, midnight + 1800], 1800, true)).toEqual([
    '23:30',
    '2 Mar',
    '00:30',
  ])
  expect(tickLabels([midnight + 3600], 86_400, true)).toEqual(['2 Mar'])
})

it('finds values that make no line', () => {
  expect(lonePoints([1, null, 2, 3, null, 4])).toEqual([0, 5])
  expect(lonePoints([null, 1, null])).toEqual([1])
  expect(lonePoints([])).toEqual([])
})

it('adds up a line of counts, and not one of measures', () => {
  const line = { label: 'a', tone: 'accent', kind: 'line', values: [1, null, 2] } as const
  expect(wholeOf({ ...line, isCount: true })).toBe(3)
  expect(wholeOf(line)).toBe(2)
})
