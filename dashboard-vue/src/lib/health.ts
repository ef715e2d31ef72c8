export interface HealthFacts {
  isOffline: boolean
  readiness?: { status: string; postgres: string; redis: string; schema: string }
  overview?: {
    due: number
    workers: { alive: number; lost: number }
    scheduler: { alive: number; schedules: number; trouble: string | null }
    oldest_queued_seconds: number | null
  }
}

export interface Trouble {
  part: 'API' | 'PostgreSQL' | 'Redis' | 'Workers' | 'Scheduler'
  /** A sentence. */
  text: string
}

/** What is wrong with the system now, the gravest first; empty: nothing is. */
export function troublesOf({ isOffline, readiness, overview }: HealthFacts): Trouble[] {
  if (isOffline) return [{ part: 'API', text: 'The API cannot be reached.' }]
  const troubles: Trouble[] = []
  const add = (isSo: boolean | undefined, part: Trouble['part'], text: string) => {
    if (isSo) troubles.push({ part, text })
  }
  add(
    readiness?.postgres === 'degraded',
    'PostgreSQL',
    'PostgreSQL does not answer: nothing can be submitted.',
  )
  add(readiness?.schema === 'behind', 'PostgreSQL', 'The tables are of an older release: run the migrations.')
  add(
    readiness?.redis === 'degraded',
    'Redis',
    'Redis does not answer: jobs run all the same, somewhat later.',
  )
  add(
    overview && overview.workers.alive === 0 && overview.due > 0,
    'Workers',
    'No worker lives, and jobs wait.',
  )
  const scheduler = overview?.scheduler
  add(
    scheduler && scheduler.schedules > 0 && scheduler.alive === 0,
    'Scheduler',
    'No scheduler lives: schedules do not fire.',
  )
  if (scheduler?.trouble && scheduler.alive > 0) add(true, 'Scheduler', scheduler.trouble)
  return troubles
}
