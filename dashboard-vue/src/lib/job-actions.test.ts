import { describe, expect, it } from 'vitest'
import { NEXT_ACTION, whyNotInStatus, type JobAction } from './job-actions'
import { STATUSES } from './status'

const ALLOWED: Record<JobAction, string[]> = {
  retry: ['retrying', 'failed', 'cancelled'],
  'run-now': ['scheduled', 'retrying'],
  cancel: ['scheduled', 'queued', 'processing', 'retrying'],
  edit: ['scheduled', 'queued', 'retrying'],
  delete: ['completed', 'failed', 'cancelled'],
  rerun: ['completed', 'failed', 'cancelled'],
}

describe('whyNotInStatus', () => {
  it.each(Object.entries(ALLOWED) as [JobAction, string[]][])('%s is for %j', (action, statuses) =>
    expect(STATUSES.filter((status) => whyNotInStatus(action, status) === undefined)).toEqual(statuses),
  )
})

it.each(STATUSES)('proposes what a job that is %s allows', (status) =>
  expect(whyNotInStatus(NEXT_ACTION[status], status)).toBeUndefined(),
)
