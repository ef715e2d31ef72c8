import { expect, it } from 'vitest'
import { jobsEndedIn, quantilesOf, throughputOf, throughputTitle } from './flow'

const figures = {
  step: 300,
  series: { completed: [50, null, 20], failed: [5, 0, 1], submitted: [100, 0, 10], wait_p50: [1, 2, null] },
}

it.each([
  [60, 'Jobs a minute'],
  [300, 'Jobs in 5 minutes'],
  [3600, 'Jobs an hour'],
  [7200, 'Jobs in 2 hours'],
  [5400, 'Jobs in 90 minutes'],
])('calls steps of %i s %s', (step, title) => expect(throughputTitle({ step })).toBe(title))

it('stacks what ended, and draws what came over it', () => {
  expect(throughputOf(figures).map(({ label, kind }) => `${label} ${kind}`)).toEqual([
    'Completed stack',
    'Failed stack',
    'Submitted line',
  ])
})

it('tells quantiles apart by more than colour', () => {
  const series = quantilesOf(figures, 'wait')
  expect(series[0]?.values).toEqual([1, 2, null])
  expect(new Set(series.map(({ dash }) => String(dash))).size).toBe(3)
})

it('opens the jobs that ended in whole minutes around a range', () => {
  const { path, query } = jobsEndedIn(
    new Date('2026-03-02T09:30:10Z'),
    new Date('2026-03-02T09:34:50Z'),
    'emails',
  )
  expect(path).toBe('/jobs')
  const text = new URLSearchParams(query as Record<string, string>).toString()
  expect(text).toContain('emails')
  expect(text).toContain('09%3A30%3A00Z')
  expect(text).toContain('09%3A35%3A00Z')
})
