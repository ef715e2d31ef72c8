import { hasEnded, isWaiting, type JobStatus } from './status'

export type JobAction = 'retry' | 'run-now' | 'cancel' | 'rerun' | 'edit' | 'delete'

/** The one thing that one is most likely to want of a job in this status. */
export const NEXT_ACTION: Record<JobStatus, JobAction> = {
  scheduled: 'run-now',
  queued: 'cancel',
  processing: 'cancel',
  retrying: 'run-now',
  completed: 'rerun',
  failed: 'retry',
  cancelled: 'retry',
}

export const ACTION_LABELS: Record<JobAction, string> = {
  retry: 'Retry',
  'run-now': 'Run now',
  cancel: 'Cancel',
  rerun: 'Edit and rerun',
  edit: 'Edit',
  delete: 'Delete',
}

/** Why it is not offered for a job in this status; undefined: it is. */
export function whyNotInStatus(action: JobAction, status: JobStatus): string | undefined {
  switch (action) {
    case 'retry':
      // The API would take its result away and run it a second time, and a second press of the key may mean the first.
      if (status === 'completed') return 'It has completed: edit and rerun it, which makes another job.'
      return hasEnded(status) || status === 'retrying' ? undefined : 'It has not failed.'
    case 'run-now':
      return status === 'scheduled' || status === 'retrying' ? undefined : 'It does not wait for a time.'
    case 'cancel':
      return hasEnded(status) ? 'It has ended.' : undefined
    case 'edit':
      return isWaiting(status) ? undefined : 'Only a job that waits can be changed.'
    case 'delete':
      return hasEnded(status) ? undefined : 'It has not ended: cancel it first.'
    case 'rerun':
      return hasEnded(status) ? undefined : 'It has not ended.'
  }
}
