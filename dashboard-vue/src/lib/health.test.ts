import { expect, it } from 'vitest'
import { troublesOf, type HealthFacts } from './health'

const well: Required<HealthFacts> = {
  isOffline: false,
  readiness: { status: 'ready', postgres: 'ok', redis: 'ok', schema: 'current' },
  overview: {
    due: 0,
    workers: { alive: 2, lost: 0 },
    scheduler: { alive: 2, schedules: 3, trouble: null },
    oldest_queued_seconds: null,
  },
}

it('has nothing to say when all is well', () => expect(troublesOf(well)).toEqual([]))

it('knows nothing yet of what has not been asked', () => expect(troublesOf({ isOffline: false })).toEqual([]))

it.each([
  ['API', { isOffline: true }],
  ['PostgreSQL', { readiness: { ...well.readiness, postgres: 'degraded' } }],
  ['PostgreSQL', { readiness: { ...well.readiness, schema: 'behind' } }],
  ['Redis', { readiness: { ...well.readiness, redis: 'degraded' } }],
  ['Workers', { overview: { ...well.overview, due: 4, workers: { alive: 0, lost: 1 } } }],
  ['Scheduler', { overview: { ...well.overview, scheduler: { alive: 0, schedules: 3, trouble: null } } }],
  [
    'Scheduler',
    { overview: { ...well.overview, scheduler: { alive: 1, schedules: 3, trouble: 'None leads.' } } },
  ],
])('tells of %s', (part, change) =>
  expect(troublesOf({ ...well, ...change }).map((trouble) => trouble.part)).toEqual([part]),
)

it('misses no worker while nothing waits', () =>
  expect(troublesOf({ ...well, overview: { ...well.overview, workers: { alive: 0, lost: 0 } } })).toEqual([]))
