import type { components } from '@/api/schema'
import { formatAge, formatDuration } from './format'
import { momentLabel } from './moment'

type Scheduler = components['schemas']['Scheduler']

/** Later than this by more than its jitter, an instant is worth a look. In seconds. */
const LATE_SECONDS = 5

interface Kept {
  source: 'api' | 'file'
  dropped_at: string | null
}

/** Why it cannot be edited or deleted here; undefined: it can. */
export const readOnlyWhy = ({ source }: Kept): string | undefined =>
  source === 'file' ? 'The schedules file keeps it: change it there.' : undefined

/** Why it cannot be resumed; undefined: it can. */
export const droppedWhy = ({ dropped_at }: Kept): string | undefined =>
  dropped_at === null ? undefined : 'The schedules file has it no more: put it back there.'

/** `in 12s`, `in 4m 12s`, `in 3h 07m`; `due 30s ago` where nobody has fired it. now: milliseconds since 1970. */
export function countdown(at: string, now: number): string {
  const seconds = Math.ceil((Date.parse(at) - now) / 1000)
  if (seconds <= -LATE_SECONDS) return `due ${formatAge(seconds)} ago`
  if (seconds <= 0) return 'now'
  return `in ${seconds < 60 ? `${seconds}s` : formatDuration(seconds)}`
}

const days = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' })

/** `Sun 2026-11-29 02:30`, with seconds where it has some: what the clocks of its zone show. local: with its offset. */
export function formatWall(local: string): string {
  const [date = '', time = ''] = local.slice(0, 19).split('T')
  const clock = time.endsWith(':00') ? time.slice(0, 5) : time
  return `${days.format(Date.parse(`${date}T00:00:00Z`))} ${date} ${clock}`
}

/** The same by the clock that the page goes by: `2026-11-29 02:30`; a heading says which clock that is. */
export const formatOwn = (at: string, isUtc: boolean) => momentLabel(at, isUtc).replace(/ UTC$/, '')

/** `+01:00`; UTC is `+00:00`, too. */
export const offsetOf = (local: string) => /[+-]\d{2}:\d{2}$/.exec(local)?.[0] ?? '+00:00'

/** Whether its last instant came so late that somebody should know. */
export const isLate = (lateness: number, jitter: number) => lateness > jitter + LATE_SECONDS

export interface SchedulerSight {
  leader: Scheduler | null
  /** Those that live and would take over. */
  others: Scheduler[]
  troubles: { host: string; trouble: string }[]
}

/** Who fires, who stands by, and what they complain of. */
export function sightOf(schedulers: readonly Scheduler[]): SchedulerSight {
  const alive = schedulers.filter(({ state }) => state === 'alive')
  const leader = alive.find(({ leads }) => leads) ?? null
  return {
    leader,
    others: alive.filter((scheduler) => scheduler !== leader),
    troubles: alive.flatMap(({ host, trouble }) => (trouble === null ? [] : [{ host, trouble }])),
  }
}

export const schedulePath = (name: string) => `/schedules/${encodeURIComponent(name)}`

/** Whether the API said that there is no such schedule. */
export const isGone = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'schedule_not_found'
