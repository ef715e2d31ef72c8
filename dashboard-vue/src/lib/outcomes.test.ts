import { describe, expect, test } from 'vitest'
import {
  isUnfinished,
  jobPathOf,
  latenessOf,
  reasonOf,
  tellRun,
  type Outcome,
  type ScheduleRun,
} from './outcomes'

const run = (change: Partial<ScheduleRun> = {}): ScheduleRun => ({
  schedule: 'nightly',
  scheduled_for: '2026-03-02T01:00:00Z',
  fired_at: '2026-03-02T01:00:00.014Z',
  lateness: 0.014,
  job_id: 'j',
  outcome: 'completed',
  manual: false,
  missed: 0,
  ...change,
})

describe('a run', () => {
  test.each<[Outcome, boolean, string | null]>([
    ['scheduled', true, '/jobs/j'],
    ['queued', true, '/jobs/j'],
    ['processing', true, '/jobs/j'],
    ['retrying', true, '/jobs/j'],
    ['completed', false, '/jobs/j'],
    ['failed', false, '/jobs/j'],
    ['cancelled', false, '/jobs/j'],
    ['deleted', false, null],
  ])('that is %s: unfinished %s, its job at %s', (outcome, unfinished, path) => {
    expect(isUnfinished(run({ outcome }))).toBe(unfinished)
    expect(jobPathOf(run({ outcome }))).toBe(path)
  })

  test('that was skipped has no job, and says why', () => {
    const skipped = run({ outcome: 'skipped', job_id: null })
    expect(jobPathOf(skipped)).toBeNull()
    expect(isUnfinished(skipped)).toBe(false)
    expect(reasonOf(skipped)).toContain('unfinished')
  })

  test.each<[Partial<ScheduleRun>, string]>([
    [{}, '14 ms late'],
    [{ lateness: 0 }, 'on time'],
    [{ lateness: 75 }, '1m 15s late'],
    [{ manual: true }, 'by hand'],
  ])('with %o is %s', (change, text) => expect(latenessOf(run(change))).toBe(text))

  test('is told in a sentence', () => {
    expect(tellRun(run({ missed: 3 }), true)).toBe(
      'Completed, 2026-03-02 01:00:00.000 UTC, 14 ms late, 3 instants missed before it',
    )
  })
})
