import type { components } from '@/api/schema'
import { formatDuration, formatMoment, plural } from './format'
import { STATUS, hasEnded, isStatus, type JobStatus } from './status'

export type ScheduleRun = components['schemas']['ScheduleRun']
export type Outcome = ScheduleRun['outcome']

interface OutcomeLook {
  label: string
  /** As of lib/status.ts. */
  glyph: string
  tone: JobStatus
}

const ofStatus = (status: JobStatus): OutcomeLook => ({ ...STATUS[status], tone: status })

/** What became of an instant of a schedule: its job's status, or why it has none. */
export const OUTCOMES: Record<Outcome, OutcomeLook> = {
  scheduled: ofStatus('scheduled'),
  queued: ofStatus('queued'),
  processing: ofStatus('processing'),
  retrying: ofStatus('retrying'),
  completed: ofStatus('completed'),
  failed: ofStatus('failed'),
  cancelled: ofStatus('cancelled'),
  skipped: { label: 'Skipped', glyph: 'M4 3.6 8.4 8 4 12.4M11.6 3.6v8.8', tone: 'queued' },
  deleted: { label: 'Deleted', glyph: 'M4 8h8', tone: 'queued' },
}

/** Where its job can be looked at; null: there is none. */
export const jobPathOf = (run: Pick<ScheduleRun, 'job_id' | 'outcome'>): string | null =>
  run.job_id !== null && run.outcome !== 'deleted' ? `/jobs/${run.job_id}` : null

/** Whether its outcome still changes by itself. */
export const isUnfinished = ({ outcome }: Pick<ScheduleRun, 'outcome'>) =>
  isStatus(outcome) && !hasEnded(outcome)

/** Why an instant got no job, or none that is still there; '' where it has one. */
export function reasonOf({ outcome }: Pick<ScheduleRun, 'outcome'>): string {
  if (outcome === 'skipped') return 'A job was unfinished.'
  return outcome === 'deleted' ? 'Its job has been deleted.' : ''
}

/** `12 ms late`, `on time`; by hand there is nothing to be late for. */
export function latenessOf({ lateness, manual }: Pick<ScheduleRun, 'lateness' | 'manual'>): string {
  if (manual) return 'by hand'
  return lateness < 0.0005 ? 'on time' : `${formatDuration(lateness)} late`
}

/** All of it in a sentence, for those who see a dot or hear it. */
export function tellRun(run: ScheduleRun, isUtc: boolean): string {
  const missed = run.missed > 0 ? [`${plural(run.missed, 'instant')} missed before it`] : []
  const parts = [
    OUTCOMES[run.outcome].label,
    formatMoment(run.scheduled_for, isUtc),
    latenessOf(run),
    ...missed,
  ]
  return parts.join(', ')
}
