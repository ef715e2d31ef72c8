import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { api, call } from './client'

const FRESH_MILLISECONDS = 60_000

/** When the oldest job there is was created; null: there is none. Asked for only while it is wanted. */
export const useOldestJob = (isWanted: Ref<boolean>) =>
  useQuery({
    queryKey: ['jobs', 'oldest'],
    queryFn: ({ signal }) =>
      call(api.GET('/jobs', { params: { query: { sort: 'created', limit: 1 } }, signal })),
    select: ({ items }) => items[0]?.created_at ?? null,
    enabled: isWanted,
    staleTime: FRESH_MILLISECONDS,
  })
