import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { parse } from 'lossless-json'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, call } from './client'
import { pollInterval } from './connection'
import { useRowRefresh } from './jobs'
import type { components } from './schema'

/** `payload` and `result` are as lossless-json reads them: their numbers are LosslessNumber, written as they came. */
export type Job = Omit<components['schemas']['Job'], 'payload' | 'result'> & {
  payload: unknown
  result: unknown
}

const ONE_JOB = '/jobs/{job_id}'
const at = (id: string) => ({ params: { path: { job_id: id } } })

/** Of an answer's text; the numbers of payload and result stay as they were written. */
export function readJob(text: string): Job {
  const { payload, result } = parse(text) as Pick<Job, 'payload' | 'result'>
  return { ...(JSON.parse(text) as Job), payload, result }
}

const getJob = async (id: string, signal: AbortSignal) =>
  readJob(await call(api.GET(ONE_JOB, { ...at(id), signal, parseAs: 'text' })))

/**
 * One job with its payload, result and attempts. What changes is told by the topic `job:<id>`: whoever shows it,
 * listens and invalidates. An empty id: no job.
 */
export const useJob = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: ['job', computed(() => toValue(id))],
    queryFn: ({ signal }) => getJob(toValue(id), signal),
    enabled: computed(() => toValue(id) !== ''),
    refetchInterval: pollInterval,
    // Another job's facts under this one's id would be a lie.
    placeholderData: undefined,
  })

function useChange(change: (id: string) => Promise<unknown>) {
  const queries = useQueryClient()
  const refreshRows = useRowRefresh()
  return useMutation({
    mutationFn: change,
    onSettled: (_data, _error, id) => {
      for (const queryKey of [['job', id], ['explanation'], ['jobs', 'count']]) {
        void queries.invalidateQueries({ queryKey })
      }
      // When this fails, the job was changed all the same, and the next refresh shows it.
      refreshRows([id]).catch(() => undefined)
    },
  })
}

/** Run a finished or retrying job again, now; like all of these, called with the job's id. Throws Problem. */
export const useRetryJob = () => useChange((id) => call(api.POST('/jobs/{job_id}/retry', at(id))))

/** Run a scheduled or retrying job now, not when it is due. */
export const useRunJobNow = () => useChange((id) => call(api.POST('/jobs/{job_id}/run-now', at(id))))

/** Cancel a job that waits; of one that runs, ask its handler to stop. */
export const useCancelJob = () => useChange((id) => call(api.POST('/jobs/{job_id}/cancel', at(id))))

/** Remove a finished job with its payload and result. */
export const useDeleteJob = () => useChange((id) => call(api.DELETE(ONE_JOB, at(id))))
