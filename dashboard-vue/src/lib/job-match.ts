import {
  type DeniableField,
  type JobFilter,
  type Range,
  DENIABLE_FIELDS,
  LIST_FIELDS,
} from '@/lib/job-filter'
import { type Moment, resolveMoment } from '@/lib/moment'
import type { components } from '@/api/schema'

type JobSummary = components['schemas']['JobSummary']

const isNamed = (name: string, patterns: readonly string[]) =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  )

/** null: a summary does not tell. */
type Test = (job: JobSummary, values: readonly string[]) => boolean | null

const TESTS: Record<(typeof LIST_FIELDS)[number], Test> = {
  status: (job, values) => values.includes(job.status),
  queue: (job, values) => isNamed(job.queue, values),
  type: (job, values) => isNamed(job.type, values),
  tag: (job, values) => job.tags.some((tag) => values.includes(tag)),
  // Who ended its last attempt is not in a summary.
  worker: (job, values) => (job.worker_id === null ? null : values.includes(job.worker_id)),
  schedule: (job, values) => job.schedule !== null && values.includes(job.schedule),
  error: (job, values) => {
    const error = job.error?.toLowerCase()
    return error !== undefined && values.some((value) => error.includes(value.toLowerCase()))
  },
  fingerprint: (job, values) => job.fingerprint !== null && values.includes(job.fingerprint),
}

function isWithin(at: string | null, range: Range<Moment>, now: number): boolean {
  if (range.from === undefined && range.to === undefined) return true
  if (at === null) return false
  const time = Date.parse(at)
  return (
    (range.from === undefined || time >= resolveMoment(range.from, now)) &&
    (range.to === undefined || time < resolveMoment(range.to, now))
  )
}

const isBetween = (value: number, { from = -Infinity, to = Infinity }: Range<number>) =>
  value >= from && value <= to

const isDenied = (job: JobSummary, field: DeniableField, values: readonly string[]) =>
  values.length > 0 && TESTS[field](job, values) === true

/**
 * Whether a job that was found by the filter is still one of those it finds. Where its summary does not tell, it is.
 *
 * now: milliseconds since 1970, as when it was found; else each row would leave `after:2h` by and by.
 */
export function stillMatches(filter: JobFilter, job: JobSummary, now: number): boolean {
  const { created, run_at, finished } = filter.time
  return (
    LIST_FIELDS.every((field) => filter[field].length === 0 || TESTS[field](job, filter[field]) !== false) &&
    !DENIABLE_FIELDS.some((field) => isDenied(job, field, filter.not[field])) &&
    isWithin(job.created_at, created, now) &&
    isWithin(job.run_at, run_at, now) &&
    isWithin(job.finished_at, finished, now) &&
    isBetween(job.attempts, filter.attempts)
  )
}
