import { describe, expect, it } from 'vitest'
import { isUnused, latest, partsOf, stateTitle } from './overview'
import { troublesOf } from './health'

const readiness = { status: 'ready', postgres: 'ok', redis: 'ok', schema: 'current' }
const leader = { id: 'x', host: 'sched-1', pid: 7, term: 3, since: '2026-03-02T09:00:00Z' }
const overview = {
  due: 0,
  oldest_queued_seconds: null,
  workers: { alive: 3, draining: 0, lost: 0, slots: 30, running: 4 },
  scheduler: {
    leader: leader as typeof leader | null,
    alive: 1,
    trouble: null as string | null,
    lag_seconds: 0,
    fired_per_minute: 1,
    schedules: 2,
    paused: 0,
    next: [],
  },
}

type Facts = Parameters<typeof troublesOf>[0] & { overview?: typeof overview }
const tell = (facts: Partial<Facts>) => {
  const all = { isOffline: false, ...facts }
  return partsOf({ ...all, troubles: troublesOf(all) }).map(
    ({ name, state, text }) => `${name} ${state} ${text}`,
  )
}

describe('partsOf', () => {
  it('says in few words that all is well, and since when who leads', () => {
    expect(tell({ readiness, overview })).toEqual([
      'API fine answers',
      'PostgreSQL fine answers',
      'Redis fine answers',
      'Scheduler fine sched-1 leads',
      'Workers fine 3 alive',
    ])
    const parts = partsOf({ isOffline: false, readiness, overview, troubles: [] })
    expect(parts[3]).toMatchObject({ since: leader.since, to: '/schedules' })
  })
  it('claims nothing before it knows', () => {
    expect(tell({}).every((text) => text.endsWith('unknown not known'))).toBe(true)
  })
  it('claims nothing of the others while the API cannot be reached', () => {
    const [api, ...others] = tell({ isOffline: true, readiness, overview })
    expect(api).toBe('API trouble The API cannot be reached.')
    expect(others.every((text) => text.includes('unknown'))).toBe(true)
  })
  it('says what is wrong in a sentence', () => {
    const parts = tell({ readiness: { ...readiness, redis: 'degraded' }, overview })
    expect(parts[2]).toMatch(/^Redis trouble Redis does not answer: /)
  })
  it.each([
    [{ leader: null, alive: 2 }, 'Scheduler fine elects a leader'],
    [{ leader: null, alive: 0, schedules: 0 }, 'Scheduler fine none runs'],
  ])('knows a scheduler %o', (scheduler, text) => {
    const parts = tell({
      readiness,
      overview: { ...overview, scheduler: { ...overview.scheduler, ...scheduler } },
    })
    expect(parts[3]).toBe(text)
  })
  it('counts workers that leave and that are lost', () => {
    const workers = { ...overview.workers, draining: 1, lost: 2 }
    expect(tell({ readiness, overview: { ...overview, workers } })[4]).toBe(
      'Workers fine 3 alive, 1 draining, 2 lost',
    )
  })
})

const jobs = { scheduled: 0, queued: 0, processing: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0 }

it('knows a system that nobody has used', () => {
  expect(isUnused({ jobs, queues_total: 0 })).toBe(true)
  expect(isUnused({ jobs, queues_total: 1 })).toBe(false)
  expect(isUnused({ jobs: { ...jobs, completed: 1 }, queues_total: 0 })).toBe(false)
})

describe('stateTitle', () => {
  const per_minute = { submitted: 0, completed: 0, failed: 0, retried: 0, cancelled: 0 }
  it.each([
    [12_400_000, 0, '12.4M waiting'],
    [0, 3, '3 failed/min, 0 waiting'],
    [7, 0.25, '0.25 failed/min, 7 waiting'],
  ])('%i queued and %d failed a minute', (queued, failed, title) => {
    expect(stateTitle({ jobs: { ...jobs, queued }, per_minute: { ...per_minute, failed } })).toBe(title)
  })
})

it('shows the latest', () => {
  expect(latest([1, 2, 3], 2)).toEqual([2, 3])
  expect(latest(undefined)).toEqual([])
})
