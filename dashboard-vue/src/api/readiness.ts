import { useQuery } from '@tanstack/vue-query'
import { api, call, isProblem } from './client'
import { steadyInterval } from './connection'

const EVERY_MILLISECONDS = 10_000

/** Whether the API and its stores do their work. A 503 is an answer here, not an error. */
export const useReadiness = () =>
  useQuery({
    queryKey: ['readiness'],
    queryFn: async ({ signal }) => {
      const asked = api.GET('/readyz', { signal })
      const { error } = await asked.catch(() => ({ error: undefined }))
      // A proxy's own 502 or 503 is a text.
      return typeof error === 'object' && 'postgres' in error ? error : call(asked)
    },
    refetchInterval: steadyInterval(EVERY_MILLISECONDS),
    retry: (attempts, error) => attempts < 1 && isProblem(error) && !error.isUnreachable,
  })
