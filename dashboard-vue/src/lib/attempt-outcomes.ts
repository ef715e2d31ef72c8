import type { components } from '@/api/schema'
import type { JobStatus } from './status'

export type Outcome = components['schemas']['Attempt']['outcome']
type FailureReason = NonNullable<components['schemas']['JobSummary']['failure_reason']>

/** How an attempt ended, as it is shown: with the look of the status that it is most like. */
export const OUTCOMES: Record<Outcome, { label: string; look: JobStatus }> = {
  running: { label: 'Running', look: 'processing' },
  completed: { label: 'Completed', look: 'completed' },
  error: { label: 'Error', look: 'failed' },
  timeout: { label: 'Timed out', look: 'failed' },
  discarded: { label: 'Gave up', look: 'failed' },
  snoozed: { label: 'Snoozed', look: 'scheduled' },
  cancelled: { label: 'Cancelled', look: 'cancelled' },
  died: { label: 'Process died', look: 'failed' },
  released: { label: 'Given back', look: 'queued' },
}

/** Why a job is in the dead letter. */
export const FAILURE_REASONS: Record<FailureReason, string> = {
  exhausted: 'Every attempt failed.',
  poison: 'Its process died under it too often.',
  expired: 'It had not started when it expired.',
  discarded: 'Its handler gave it up.',
  timeout: 'It took longer than its timeout.',
  unknown_type: 'No worker had a handler for its type.',
}
