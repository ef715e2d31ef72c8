import type { components } from '@/api/schema'
import { formatCount, formatRate } from './format'
import type { HealthFacts, Trouble } from './health'

type Overview = components['schemas']['Overview']

export interface Part {
  name: Trouble['part']
  /** unknown: nothing was heard of it yet. */
  state: 'fine' | 'trouble' | 'unknown'
  /** In a few words how it is, or in a sentence what is wrong. */
  text: string
  /** Since when, as the API writes times. */
  since?: string
  to?: string
}

interface PartFacts extends HealthFacts {
  overview?: HealthFacts['overview'] & Pick<Overview, 'workers' | 'scheduler'>
  troubles: readonly Trouble[]
}

/** The parts of the system, each with how it is. */
export function partsOf({ isOffline, readiness, overview, troubles }: PartFacts): Part[] {
  const part = (name: Part['name'], isKnown: boolean, text: string, rest: Partial<Part> = {}): Part => {
    const trouble = troubles.find((one) => one.part === name)
    if (trouble) return { name, state: 'trouble', ...rest, text: trouble.text }
    return isKnown && !isOffline
      ? { name, state: 'fine', ...rest, text }
      : { name, state: 'unknown', text: 'not known' }
  }
  const { workers, scheduler } = overview ?? {}
  return [
    part('API', readiness !== undefined, 'answers'),
    part('PostgreSQL', readiness !== undefined, 'answers'),
    part('Redis', readiness !== undefined, 'answers'),
    part('Scheduler', scheduler !== undefined, scheduler ? schedulerText(scheduler) : '', {
      since: scheduler?.leader?.since,
      to: '/schedules',
    }),
    part('Workers', workers !== undefined, workers ? workersText(workers) : '', { to: '/workers' }),
  ]
}

function schedulerText({ leader, alive }: Overview['scheduler']): string {
  if (leader) return `${leader.host} leads`
  return alive > 0 ? 'elects a leader' : 'none runs'
}

const workersText = ({ alive, draining, lost }: Overview['workers']) =>
  [
    `${formatCount(alive)} alive`,
    ...(draining ? [`${formatCount(draining)} draining`] : []),
    ...(lost ? [`${formatCount(lost)} lost`] : []),
  ].join(', ')

/** Whether nothing was ever submitted, as far as is known. */
export const isUnused = ({ jobs, queues_total }: Pick<Overview, 'jobs' | 'queues_total'>) =>
  queues_total === 0 && Object.values(jobs).every((count) => count === 0)

/** `3 failed/min, 12.4K waiting`: the title of the tab. */
export const stateTitle = ({ jobs, per_minute }: Pick<Overview, 'jobs' | 'per_minute'>) =>
  [
    ...(per_minute.failed > 0 ? [`${formatRate(per_minute.failed)} failed/min`] : []),
    `${formatCount(jobs.queued)} waiting`,
  ].join(', ')

/** The last of a series, as many as there is room for. */
export const latest = (values: readonly (number | null)[] = [], most = 30) => values.slice(-most)
