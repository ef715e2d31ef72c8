import { expect, it } from 'vitest'
import { filterFromQuery } from '@/lib/job-filter'
import { stillMatches } from '@/lib/job-match'
import type { JobSummary } from '@/lib/job-rows'

const NOW = Date.parse('2026-03-02T09:30:00Z')
const WORKER = '01a223d4-3a96-74a9-950e-fef7396965bf'
const JOB = {
  status: 'failed',
  queue: 'emails',
  type: 'email.send',
  tags: ['eu'],
  worker_id: null,
  schedule: null,
  error: 'TimeoutError: no answer',
  fingerprint: '9f2c4b7a01d3e865',
  attempts: 3,
  created_at: '2026-03-02T09:00:00Z',
  run_at: null,
  finished_at: '2026-03-02T09:20:00Z',
} as unknown as JobSummary

it.each([
  [{}, true],
  [{ status: 'failed,retrying' }, true],
  [{ status: 'queued' }, false],
  [{ not_status: 'failed' }, false],
  [{ queue: 'email*' }, true],
  [{ queue: 'email' }, false],
  [{ not_type: 'email.*' }, false],
  [{ tag: 'us' }, false],
  [{ not_tag: 'us' }, true],
  [{ error: 'TIMEOUT' }, true],
  [{ error: 'refused' }, false],
  [{ fingerprint: '0000000000000000' }, false],
  [{ schedule: 'nightly' }, false],
  // A summary tells who runs it, not who ended it.
  [{ worker: WORKER }, true],
  [{ not_worker: WORKER }, true],
  [{ created_after: '1h' }, true],
  [{ created_after: '10m' }, false],
  [{ finished_before: '2026-03-02T09:20:00Z' }, false],
  [{ run_at_after: '2026-03-01' }, false],
  [{ attempts_min: '4' }, false],
  [{ attempts_max: '3' }, true],
  // Only the API reads payloads.
  [{ 'payload.user.id': '42' }, true],
])('%j: %s', (query, matches) => expect(stillMatches(filterFromQuery(query), JOB, NOW)).toBe(matches))

it('lets a job that runs leave the list of another worker', () => {
  const job = { ...JOB, worker_id: '01a223d4-0000-74a9-950e-fef7396965bf' }
  expect(stillMatches(filterFromQuery({ worker: WORKER }), job, NOW)).toBe(false)
})
