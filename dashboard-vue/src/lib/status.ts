import type { components } from '@/api/schema'

export type JobStatus = components['schemas']['JobSummary']['status']

interface StatusLook {
  label: string
  /** Path of the glyph in a 16 x 16 box, drawn as a line 1.8 wide. */
  glyph: string
}

/** A status is told by its word and its glyph; colour only repeats it. The order is that of a job's life. */
export const STATUS: Record<JobStatus, StatusLook> = {
  scheduled: {
    label: 'Scheduled',
    glyph: 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2ZM8 4.8V8l2.2 1.6',
  },
  queued: { label: 'Queued', glyph: 'M8 2.8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 8 2.8Z' },
  processing: { label: 'Processing', glyph: 'M5 3.2 12.2 8 5 12.8Z' },
  retrying: { label: 'Retrying', glyph: 'M13 8a5 5 0 1 1-1.6-3.7M13.2 2.2v3.2H10' },
  completed: { label: 'Completed', glyph: 'M2.8 8.4 6.4 12l6.8-7.6' },
  failed: { label: 'Failed', glyph: 'm3.6 3.6 8.8 8.8M12.4 3.6l-8.8 8.8' },
  cancelled: {
    label: 'Cancelled',
    glyph: 'M8 2.8a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 8 2.8ZM4.4 4.4l7.2 7.2',
  },
}

export const STATUSES = Object.keys(STATUS) as JobStatus[]

const WAITING: readonly JobStatus[] = ['scheduled', 'queued', 'retrying']
const ENDED: readonly JobStatus[] = ['completed', 'failed', 'cancelled']

export const isStatus = (text: string): text is JobStatus => Object.hasOwn(STATUS, text)
export const isWaiting = (status: JobStatus) => WAITING.includes(status)
export const hasEnded = (status: JobStatus) => ENDED.includes(status)
