import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { api, call } from './client'
import { connection, pollInterval } from './connection'
import { atMostEvery } from './live'
import type { components } from './schema'
import { useTopic } from './stream'

export type Worker = components['schemas']['Worker']
export type RunningJob = components['schemas']['RunningJob']

/** No topic tells of progress: while somebody looks, it is asked for this often. */
const PROGRESS_MILLISECONDS = 2_000
const SHORTEST_MILLISECONDS = 1_000

const interval = () => (connection.value === 'live' ? PROGRESS_MILLISECONDS : pollInterval())

/** All processes that live or were lost within the hour, with what each runs; asked at most once a second. */
export function useWorkers() {
  const queries = useQueryClient()
  const refresh = () =>
    void queries.invalidateQueries({ queryKey: ['workers', 'present'] }, { cancelRefetch: false })
  useTopic('jobs', atMostEvery(SHORTEST_MILLISECONDS, refresh))
  return useQuery({
    queryKey: ['workers', 'present'],
    queryFn: ({ signal }) => call(api.GET('/workers', { signal })),
    refetchInterval: interval,
  })
}

/** Processes that ended in order, of the last days. */
export const useStoppedWorkers = () =>
  useQuery({
    queryKey: ['workers', 'stopped'],
    queryFn: ({ signal }) => call(api.GET('/workers', { params: { query: { state: ['stopped'] } }, signal })),
    refetchInterval: pollInterval,
  })

/** Have a process claim nothing more, and finish what it runs. */
export function useDrainWorker() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      call(api.POST('/workers/{worker_id}/drain', { params: { path: { worker_id: id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['workers'] }),
  })
}
