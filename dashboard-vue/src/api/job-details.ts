import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onScopeDispose, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { printJson, type Json } from '@/lib/lossless'
import { api, call } from './client'
import { steadyInterval } from './connection'
import { isJobId } from '@/lib/job-filter'
import { readJob, type Job } from './job'
import { atMostEvery } from './live'
import type { components } from './schema'
import { stream, useTopic } from './stream'

export type Attempt = components['schemas']['Attempt']
export type Reason = components['schemas']['Reason']
export type JobEdit = components['schemas']['JobEdit']

type Progress = Job['progress']
type ProgressNews = Omit<NonNullable<Progress>, 'updated_at'> | null

/** What the topic `job:<id>` tells: some of the job's members, all but its id null once it is deleted. */
type JobNews =
  | { id: string; status: 'deleted' }
  | (Partial<Omit<Job, 'progress'>> & Pick<Job, 'id' | 'status' | 'attempts'> & { progress?: ProgressNews })

const EXPLAIN_MILLISECONDS = 1_000
/** Its sentences tell ages and counts, which no event makes older. */
const AGEING_MILLISECONDS = 10_000
const RELATIVES_MILLISECONDS = 10_000
const RELATIVES = 5

/** Keep a job that is shown as its topic tells: what it tells is put in at once, the rest is asked for when it has moved on. */
export function useJobNews(id: MaybeRefOrGetter<string>) {
  const queries = useQueryClient()
  function hear(news: JobNews) {
    const known = queries.getQueryData<Job>(['job', news.id])
    if (!known) return
    if (news.status === 'deleted') return void queries.invalidateQueries({ queryKey: ['job', news.id] })
    const progress = news.progress === undefined ? known.progress : dated(news.progress, known.progress)
    queries.setQueryData<Job>(['job', news.id], { ...known, ...news, progress })
    if (known.status === news.status && known.attempts === news.attempts) return
    for (const name of ['job', 'explanation', 'job-logs'])
      void queries.invalidateQueries({ queryKey: [name, news.id] })
  }
  let stop = () => {}
  watch(
    () => toValue(id),
    (shown) => {
      stop()
      // The API refuses a stream with any other, and it is the one stream of this tab.
      stop = isJobId(shown) ? stream.listen(`job:${shown}`, (news) => hear(news as JobNews)) : () => {}
    },
    { immediate: true },
  )
  onScopeDispose(() => stop())
}

/** Progress as it is told has no time: that which is not known yet is of now. */
function dated(news: ProgressNews, known: Progress): Progress {
  if (news === null) return null
  const isKnown = known?.fraction === news.fraction && known.message === news.message
  return { ...news, updated_at: isKnown ? known.updated_at : new Date().toISOString() }
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
    refetchInterval: steadyInterval(AGEING_MILLISECONDS),
    placeholderData: undefined,
  })
}

/** Those that run a job again, and those that it has submitted: the newest few of each. */
export function useRelatives(id: MaybeRefOrGetter<string>) {
  const newest = async (filter: { rerun_of?: string[]; parent?: string[] }, signal: AbortSignal) =>
    (await call(api.GET('/jobs', { params: { query: { ...filter, limit: RELATIVES } }, signal }))).items
  return useQuery({
    queryKey: ['relatives', computed(() => toValue(id))],
    queryFn: async ({ signal }) => {
      const [reruns, children] = await Promise.all([
        newest({ rerun_of: [toValue(id)] }, signal),
        newest({ parent: [toValue(id)] }, signal),
      ])
      return { reruns, children }
    },
    refetchInterval: steadyInterval(RELATIVES_MILLISECONDS),
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

/** A job as it is now, and the tag that a change of it as it is now must name. Throws Problem. */
export async function jobToEdit(id: string): Promise<{ job: Job; tag: string }> {
  const asked = api.GET('/jobs/{job_id}', { params: { path: { job_id: id } }, parseAs: 'text' })
  const job = readJob(await call(asked))
  return { job, tag: (await asked).response.headers.get('ETag') ?? '*' }
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
