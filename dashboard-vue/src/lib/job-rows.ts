import type { components } from '@/api/schema'

export type JobSummary = components['schemas']['JobSummary']

/** A job in a list, as it was when the API was last asked for it. */
export type Row = JobSummary & { isDeleted?: true }

export interface RowPage {
  rows: Row[]
  next: string | null
  previous: string | null
  /** When it was asked for, in milliseconds since 1970: what `2h` ago was counted from. */
  now: number
}

/**
 * The pages with what the API answered for some of their jobs: each in its place, those that were not found deleted.
 * What has not changed is the same object as before, so that nothing of it is drawn again.
 */
export function withNews<P extends { rows: Row[] }>(
  pages: P[],
  asked: ReadonlySet<string>,
  answered: ReadonlyMap<string, JobSummary>,
): P[] {
  const renew = (row: Row): Row => {
    if (!asked.has(row.id)) return row
    const news = answered.get(row.id)
    if (!news) return row.isDeleted ? row : { ...row, isDeleted: true }
    return isSame(row, news) ? row : news
  }
  return pages.map((page) => {
    const rows = page.rows.map(renew)
    return rows.every((row, at) => row === page.rows[at]) ? page : { ...page, rows }
  })
}

/** Whoever changes a job sets `updated_at`; the worker's lease and priority are seen, too. */
const isSame = (row: Row, news: JobSummary) =>
  !row.isDeleted &&
  row.updated_at === news.updated_at &&
  row.status === news.status &&
  row.attempts === news.attempts &&
  row.queue === news.queue &&
  row.priority === news.priority &&
  row.cancel_requested_at === news.cancel_requested_at &&
  row.waiting_reason === news.waiting_reason

/** Which jobs are in another status or attempt than before. */
export function changedIds(before: readonly Row[], after: readonly Row[]): Set<string> {
  const old = new Map(before.map((row) => [row.id, row]))
  const isChanged = (row: Row) => {
    const was = old.get(row.id)
    return was !== undefined && was !== row && (was.status !== row.status || was.attempts !== row.attempts)
  }
  return new Set(after.filter(isChanged).map((row) => row.id))
}

/** The first moment after this one that the API can tell from it: a microsecond later. */
export function justAfter(at: string): string {
  const [, seconds, fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(at) ?? []
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0')) + 1
  if (micros < 1_000_000) return `${seconds}.${String(micros).padStart(6, '0')}Z`
  return `${new Date(Date.parse(`${seconds}Z`) + 1000).toISOString().slice(0, 19)}.000000Z`
}

/** Executions it has had, of those it may have: `2/5`. */
export const attemptsOf = (job: Pick<JobSummary, 'attempts' | 'max_retries'>) =>
  `${job.attempts}/${Math.max(job.max_retries + 1, job.attempts)}`
