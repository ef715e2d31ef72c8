import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, call } from './client'

const MOST = 8

/** Names of queues or schedules that begin so, of those that have jobs; without text the first few. */
export const useNames = (field: 'queue' | 'schedule', prefix: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: ['names', field, computed(() => toValue(prefix))],
    queryFn: async ({ signal }) => {
      const query = { field, prefix: toValue(prefix), limit: MOST }
      const { items } = await call(api.GET('/jobs/suggest', { params: { query }, signal }))
      return items.map(({ value }) => value)
    },
    staleTime: 30_000,
  })
