/** Which time a chart shows, and how a choice of time becomes part of a filter. */
import { type JobFilter, type Range, TIME_FIELDS, type TimeField } from '@/lib/job-filter'
import { type Moment, resolveMoment, writeMoment } from '@/lib/moment'
import { hasEnded } from '@/lib/status'

/** Without `to` it goes on until now; without `from` it is the hour before that. */
export type TimeWindow = Range<Moment>

export const LAST_HOUR: TimeWindow = { from: '1h' }
const DEFAULT_SECONDS = 3_600
const MINUTE = 60_000

export const PRESETS: readonly { label: string; from: Moment }[] = [
  { label: '15 minutes', from: '15m' },
  { label: 'hour', from: '1h' },
  { label: '6 hours', from: '6h' },
  { label: '24 hours', from: '24h' },
  { label: '7 days', from: '7d' },
]

/** now: milliseconds since 1970. */
export function resolveWindow({ from, to }: TimeWindow, now: number): { from: Date; to: Date } {
  const end = Math.min(to === undefined ? now : resolveMoment(to, now), now)
  const start = from === undefined ? end - DEFAULT_SECONDS * 1000 : resolveMoment(from, now)
  return { from: new Date(Math.min(start, end - MINUTE)), to: new Date(end) }
}

/**
 * The time that a range on the chart is about: the one the filter has already, else when jobs ended, or where only jobs
 * are looked at that have not, when they were created.
 */
export function rangeField(filter: JobFilter): TimeField {
  const used = TIME_FIELDS.find((field) => filter.time[field].from ?? filter.time[field].to)
  if (used) return used
  return filter.status.length > 0 && !filter.status.some(hasEnded) ? 'created' : 'finished'
}

export const withRange = (filter: JobFilter, range: TimeWindow): JobFilter => ({
  ...filter,
  time: { ...filter.time, [rangeField(filter)]: range },
})

/** Whole minutes around it: the chart knows no less, and the URL is shorter. */
export const wholeMinutes = (from: Date, to: Date): TimeWindow => ({
  from: writeMoment(new Date(Math.floor(from.getTime() / MINUTE) * MINUTE)),
  to: writeMoment(new Date(Math.ceil(to.getTime() / MINUTE) * MINUTE)),
})

/** Of the filter's time; an hour where it has none, or one that lies ahead. */
export function windowOf(filter: JobFilter): TimeWindow {
  const range = filter.time[rangeField(filter)]
  const isAhead = range.to?.startsWith('+') || range.from?.startsWith('+')
  return isAhead || (range.from === undefined && range.to === undefined) ? LAST_HOUR : range
}
