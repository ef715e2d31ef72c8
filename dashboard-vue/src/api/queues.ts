import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { endedByGroup } from '@/lib/queues'
import { api, call } from './client'
import { connection, pollInterval, steadyInterval } from './connection'
import { atMostEvery } from './live'
import type { components } from './schema'
import { useTopic } from './stream'

export type Queue = components['schemas']['Queue']
export type QueueType = components['schemas']['QueueType']

const SHORTEST_MILLISECONDS = 1_000
/** Ages and rates go on when no event comes. */
const AGEING_MILLISECONDS = 5_000

const interval = () => (connection.value === 'live' ? AGEING_MILLISECONDS : pollInterval())

/** Ask for queues again as jobs come and go, at most once a second. */
function useJobsRefresh() {
  const queries = useQueryClient()
  const refresh = () => void queries.invalidateQueries({ queryKey: ['queues'] }, { cancelRefetch: false })
  useTopic('jobs', atMostEvery(SHORTEST_MILLISECONDS, refresh))
}

export function useQueues() {
  useJobsRefresh()
  return useQuery({
    queryKey: ['queues', 'all'],
    queryFn: ({ signal }) => call(api.GET('/queues', { signal })),
    refetchInterval: interval,
  })
}

export function useQueue(name: MaybeRefOrGetter<string>) {
  useJobsRefresh()
  return useQuery({
    queryKey: ['queues', 'one', computed(() => toValue(name))],
    queryFn: ({ signal }) =>
      call(api.GET('/queues/{name}', { params: { path: { name: toValue(name) } }, signal })),
    refetchInterval: interval,
    placeholderData: undefined,
  })
}

export const useQueueTypes = (name: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: ['queues', 'types', computed(() => toValue(name))],
    queryFn: ({ signal }) =>
      call(api.GET('/queues/{name}/types', { params: { path: { name: toValue(name) } }, signal })),
    refetchInterval: interval,
    placeholderData: undefined,
  })

/** How many of each type may run at once, over all queues. */
export const useTypeLimits = () =>
  useQuery({
    queryKey: ['limits'],
    queryFn: ({ signal }) => call(api.GET('/limits', { signal })),
    refetchInterval: pollInterval,
    select: ({ items }) =>
      new Map(items.filter(({ kind }) => kind === 'type').map((limit) => [limit.name, limit.max_running])),
  })

/** What a purge would cancel, and of which types. */
export const usePurgePreview = (name: MaybeRefOrGetter<string | null>) =>
  useQuery({
    queryKey: ['purge-preview', computed(() => toValue(name))],
    queryFn: async ({ signal }) => {
      const answer = await call(api.POST('/bulk', { body: purgePreviewOf(toValue(name) ?? ''), signal }))
      return answer as components['schemas']['BulkPreview']
    },
    enabled: () => toValue(name) !== null,
    placeholderData: undefined,
    staleTime: 0,
    gcTime: 0,
  })

const purgePreviewOf = (queue: string): components['schemas']['BulkRequest'] => ({
  action: 'cancel',
  filter: { queue: [queue], status: ['scheduled', 'queued', 'retrying'] },
  dry_run: true,
})

function useQueueMutation<T, V>(mutationFn: (variables: V) => Promise<T>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all(['queues', 'limits'].map((name) => queries.invalidateQueries({ queryKey: [name] }))),
  })
}

export const usePauseQueue = () =>
  useQueueMutation((name: string) => call(api.POST('/queues/{name}/pause', { params: { path: { name } } })))

export const useResumeQueue = () =>
  useQueueMutation((name: string) => call(api.POST('/queues/{name}/resume', { params: { path: { name } } })))

/** Cancel all that waits in it. Answers the operation that does it. */
export const usePurgeQueue = () =>
  useQueueMutation((name: string) => call(api.POST('/queues/{name}/purge', { params: { path: { name } } })))

/** maxRunning: how many of the queue may run at once over all workers; null: any. */
export const useSetQueueLimit = () =>
  useQueueMutation(({ name, maxRunning }: { name: string; maxRunning: number | null }) => {
    const params = { path: { kind: 'queue', name } } as const
    return maxRunning === null
      ? call<unknown>(api.DELETE('/limits/{kind}/{name}', { params }))
      : call<unknown>(api.PUT('/limits/{kind}/{name}', { params, body: { max_running: maxRunning } }))
  })

const HISTORY_MILLISECONDS = 30_000

/** By queue how many of its jobs ended in each step of the last hour, for all of them at once. */
export const useQueueHistory = () =>
  useQuery({
    queryKey: ['timeseries', 'by-queue'],
    queryFn: async ({ signal }) => {
      const query = {
        metric: ['completed', 'failed'] as ('completed' | 'failed')[],
        by: 'queue' as const,
        step: 120,
      }
      const { groups } = await call(api.GET('/stats/timeseries', { params: { query }, signal }))
      return endedByGroup(groups ?? {})
    },
    refetchInterval: steadyInterval(HISTORY_MILLISECONDS),
  })
