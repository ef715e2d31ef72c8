import type { JobFilter } from '@/lib/job-filter'
import type { JobSummary } from '@/lib/job-rows'

/** An event `jobs`: so many changes, in `statuses` by status and queue; `jobs`: id, status, attempt; null: too many. */
export interface JobsFrame {
  n: number
  statuses: Record<string, Record<string, number>>
  jobs: [id: string, status: string, attempt: number][] | null
}

interface Count {
  value: number
  relation: 'eq' | 'gte'
}

/** Jobs that match and are not in the list: created after its newest, or come into it by a change. */
export interface Newcomers extends Count {
  areLater: boolean
}

/** Whether one of these jobs may have changed. */
export const touches = (frame: JobsFrame, ids: readonly string[]) =>
  frame.jobs === null || frame.jobs.some(([id]) => ids.includes(id))

/** Whether there may be more or fewer jobs that match. A change of status is told by the new one only. */
export function mayChangeCount(frame: JobsFrame, filter: JobFilter): boolean {
  const queues = filter.queue
  if (queues.length === 0 || queues.some((queue) => queue.endsWith('*'))) return frame.n > 0
  return Object.values(frame.statuses).some((byQueue) => queues.some((queue) => queue in byQueue))
}

const ABOUT_TO_RUN_MILLISECONDS = 3_000

/** Whether it may be in another status in a moment. now: milliseconds since 1970. */
export function isActive(job: Pick<JobSummary, 'status' | 'run_at'>, now: number): boolean {
  if (job.status === 'queued' || job.status === 'processing') return true
  if (job.status !== 'scheduled' && job.status !== 'retrying') return false
  return job.run_at !== null && Date.parse(job.run_at) < now + ABOUT_TO_RUN_MILLISECONDS
}

const LONG_MILLISECONDS = 3_000

/** Whether it has run so long that how far it is is worth asking for. now: milliseconds since 1970. */
export const hasRunLong = (job: Pick<JobSummary, 'status' | 'started_at'>, now: number) =>
  job.status === 'processing' &&
  job.started_at !== null &&
  Date.parse(job.started_at) < now - LONG_MILLISECONDS

/** null: nothing new is known. totalAtFirst: how many matched when the list was read. */
export function newcomersOf(
  later: Count | undefined,
  total: Count | undefined,
  totalAtFirst: number | null,
): Newcomers | null {
  const created = later?.value ?? 0
  const more = total?.relation === 'eq' && totalAtFirst !== null ? total.value - totalAtFirst : 0
  if (created <= 0 && more <= 0) return null
  if (created >= more) return { value: created, relation: later?.relation ?? 'eq', areLater: true }
  return { value: more, relation: 'eq', areLater: false }
}
