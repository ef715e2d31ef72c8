import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { printJson, type Json } from '@/lib/lossless'
import { api, call } from './client'
import { pollInterval } from './connection'
import type { Job } from './job'
import { atMostEvery } from './live'
import type { components } from './schema'
import { useTopic } from './stream'

export type Attempt = components['schemas']['Attempt']
export type Explanation = components['schemas']['Explanation']
export type Reason = components['schemas']['Reason']
export type JobEdit = components['schemas']['JobEdit']

/** What the topic `job:<id>` tells: some of the job's members. */
type JobNews = Partial<Job> & Pick<Job, 'id' | 'status' | 'attempts'>

const EXPLAIN_MILLISECONDS = 1_000

/** Keep a job that is shown as its topic tells: what it tells is put in at once, the rest is asked for when it has moved on. */
export function useJobNews(id: string) {
  const queries = useQueryClient()
  const refresh = (name: string) => void queries.invalidateQueries({ queryKey: [name, id] })
  useTopic<JobNews>(`job:${id}`, (news) => {
    const known = queries.getQueryData<Job>(['job', id])
    if (!known) return
    queries.setQueryData<Job>(['job', id], { ...known, ...news })
    if (known.status === news.status && known.attempts === news.attempts) return
    for (const name of ['job', 'explanation', 'job-logs']) refresh(name)
  })
}

/** Why a job is not running, or that it is. It changes with others of its queue, so it is asked for as jobs come and go. */
export function useExplanation(id: MaybeRefOrGetter<string>, isWanted: MaybeRefOrGetter<boolean>) {
  const queries = useQueryClient()
  useTopic(
    'jobs',
    atMostEvery(EXPLAIN_MILLISECONDS, () => {
      if (toValue(isWanted)) void queries.invalidateQueries({ queryKey: ['explanation', toValue(id)] })
    }),
  )
  return useQuery({
    queryKey: ['explanation', computed(() => toValue(id))],
    queryFn: ({ signal }) =>
      call(api.GET('/jobs/{job_id}/explain', { params: { path: { job_id: toValue(id) } }, signal })),
    enabled: computed(() => toValue(isWanted)),
    refetchInterval: pollInterval,
    placeholderData: undefined,
  })
}

/** Do what an explanation proposes: its path is one of the API's own, without a body. Throws Problem. */
export function useProposedCall(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ method, path }: NonNullable<Reason['call']>) =>
      // The description knows paths by their templates, this one is filled in.
      call(api.request(method.toLowerCase() as 'post', path as '/bulk', {} as never)),
    onSettled: () => {
      for (const queryKey of [['job', id], ['explanation', id], ['queues']])
        void queries.invalidateQueries({ queryKey })
    },
  })
}

/** The ETag that a change of the job as it is now must name. */
export async function currentTag(id: string): Promise<string> {
  const answer = await api.GET('/jobs/{job_id}', { params: { path: { job_id: id } }, parseAs: 'text' })
  await call(Promise.resolve(answer))
  return answer.response.headers.get('ETag') ?? '*'
}

/** Change a job that waits. tag: of the state that the change is meant for. Throws Problem; `job_changed`: it has moved on. */
export function useEditJob(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ edit, tag }: { edit: JobEdit; tag: string }) =>
      call(
        api.PATCH('/jobs/{job_id}', {
          params: { path: { job_id: id }, header: { 'If-Match': tag } },
          body: edit,
          // The payload's numbers go back as they came.
          bodySerializer: (body) => printJson(body as unknown as Json, 0),
          parseAs: 'text',
        }),
      ),
    onSettled: () => {
      for (const name of ['job', 'explanation']) void queries.invalidateQueries({ queryKey: [name, id] })
    },
  })
}
