import { useQuery } from '@tanstack/vue-query'
import { api, call, isProblem } from './client'
import { steadyInterval } from './connection'
import type { components } from './schema'

export type Readiness = components['schemas']['Readiness']

const EVERY_MILLISECONDS = 10_000

/** Whether the API and its stores do their work. A 503 is an answer here, not an error. */
export const useReadiness = () =>
  useQuery({
    queryKey: ['readiness'],
    queryFn: async ({ signal }) => {
      const { data, error } = await api.GET('/readyz', { signal })
      if (data) return data
      if (error && 'postgres' in error) return error
      return call(api.GET('/readyz', { signal }))
    },
    refetchInterval: steadyInterval(EVERY_MILLISECONDS),
    retry: (attempts, error) => attempts < 1 && isProblem(error) && !error.isUnreachable,
  })
