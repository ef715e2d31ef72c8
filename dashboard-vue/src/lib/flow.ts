/** Charts of how jobs come and go: which figures they need, and what is drawn. */
import type { ChartSeries } from './chart'
import { emptyFilter, queryFromFilter } from './job-filter'
import { wholeMinutes } from './time-window'

export const FLOW_METRICS = [
  'submitted',
  'completed',
  'failed',
  'wait_p50',
  'wait_p95',
  'wait_p99',
  'run_p50',
  'run_p95',
  'run_p99',
] as const

interface Figures {
  step: number
  series: Record<string, (number | null)[]>
}

export const throughputOf = ({ series }: Figures): ChartSeries[] => [
  { label: 'Completed', tone: 'completed', kind: 'stack', values: series.completed ?? [] },
  { label: 'Failed', tone: 'failed', kind: 'stack', values: series.failed ?? [] },
  { label: 'Submitted', tone: 'accent', kind: 'line', isCount: true, values: series.submitted ?? [] },
]

/** `Jobs a minute`, `Jobs in 5 minutes`, `Jobs in 2 hours`: of what a step is. */
export function throughputTitle({ step }: Pick<Figures, 'step'>): string {
  const minutes = step / 60
  if (minutes <= 1) return 'Jobs a minute'
  if (minutes % 60) return `Jobs in ${minutes} minutes`
  return minutes === 60 ? 'Jobs an hour' : `Jobs in ${minutes / 60} hours`
}

/** of: seconds that jobs waited, or ran. */
export const quantilesOf = ({ series }: Figures, of: 'wait' | 'run'): ChartSeries[] => [
  { label: 'p50', tone: 'accent', kind: 'line', values: series[`${of}_p50`] ?? [] },
  { label: 'p95', tone: 'accent', kind: 'line', values: series[`${of}_p95`] ?? [], dash: [6, 3] },
  { label: 'p99', tone: 'muted', kind: 'line', values: series[`${of}_p99`] ?? [], dash: [2, 3] },
]

/** Where the jobs are listed that ended in this time. */
export const jobsEndedIn = (from: Date, to: Date, queue?: string) => {
  const filter = emptyFilter()
  filter.time.finished = wholeMinutes(from, to)
  if (queue !== undefined) filter.queue = [queue]
  return { path: '/jobs', query: queryFromFilter(filter) }
}
