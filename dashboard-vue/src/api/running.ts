import { useQuery } from '@tanstack/vue-query'
import { toValue, type MaybeRefOrGetter } from 'vue'
import { api, call } from './client'
import { steadyInterval } from './connection'
import type { components } from './schema'

type Worker = components['schemas']['Worker']

/** Who runs a job, `host:pid`, and how far it is: 0 to 1, or null while it has not said. */
export interface Running {
  worker: string
  fraction: number | null
}

const EVERY_MILLISECONDS = 3_000

const runningOf = (workers: readonly Worker[]): ReadonlyMap<string, Running> =>
  new Map(
    workers.flatMap(({ host, pid, running }) =>
      running.map(({ job_id, progress }) => [
        job_id,
        { worker: `${host}:${pid}`, fraction: progress?.fraction ?? null },
      ]),
    ),
  )

/** The jobs that run now, by id: lists of jobs do not have their progress. */
export const useRunning = (enabled: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['running'],
    queryFn: async ({ signal }) => runningOf((await call(api.GET('/workers', { signal }))).items),
    enabled: () => toValue(enabled),
    refetchInterval: steadyInterval(EVERY_MILLISECONDS),
    structuralSharing: false,
  })
