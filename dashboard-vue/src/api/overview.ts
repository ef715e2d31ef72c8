import { useQuery } from '@tanstack/vue-query'
import { api, call } from './client'
import { pollInterval } from './connection'
import type { components } from './schema'

export type Overview = components['schemas']['Overview']

/** The whole system at one look; the stream brings it anew each second. */
export const useOverview = () =>
  useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => call(api.GET('/stats/overview', { signal })),
    refetchInterval: pollInterval,
  })
