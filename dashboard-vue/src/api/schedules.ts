import { useMutation, useQuery, useQueryClient, type QueryKey } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { printJson, readJson, type JsonObject } from '@/lib/lossless'
import { isUnfinished, type ScheduleRun } from '@/lib/outcomes'
import { api, call } from './client'
import { pollInterval, steadyInterval } from './connection'
import { atMostEvery } from './live'
import type { components } from './schema'
import { useTopic } from './stream'

type Schemas = components['schemas']
export type { ScheduleRun }
export type ScheduleSummary = Schemas['ScheduleSummary']
export type Scheduler = Schemas['Scheduler']
export type NextInstant = Schemas['NextInstant']
export type Preview = Schemas['Preview']
/** `payload` is as lossless-json reads it: its numbers are as they were written. */
export type Schedule = Omit<Schemas['Schedule'], 'payload'> & { payload: JsonObject }

/** A schedule as it was read, and what a change of it must say it is for. */
export interface ReadSchedule {
  schedule: Schedule
  etag: string
}

export interface ScheduleFilter {
  paused?: boolean
  source?: 'api' | 'file'
  cursor?: string
}

const NEXT_SHOWN = 3
const RUNS_SHOWN = 20
const PAGE_ROWS = 50
const PAGE_RUNS = 25
const SCHEDULER_MILLISECONDS = 5_000
const SHORTEST_MILLISECONDS = 1_000

const ONE = '/schedules/{schedule}'
const at = (name: string) => ({ params: { path: { schedule: name } } })

function readSchedule(text: string): Schedule {
  const { payload } = readJson(text) as { payload: JsonObject }
  return { ...(JSON.parse(text) as Schemas['Schedule']), payload }
}

/** No topic tells how a job of a schedule ends: while one on screen is unfinished, any news of jobs may be that. */
function useOutcomeNews(key: QueryKey, runs: () => readonly ScheduleRun[]) {
  const queries = useQueryClient()
  const refresh = () => {
    if (runs().some(isUnfinished)) void queries.invalidateQueries({ queryKey: key }, { cancelRefetch: false })
  }
  useTopic('jobs', atMostEvery(SHORTEST_MILLISECONDS, refresh))
}

/** A page of schedules by name, each with its next instants and newest runs. */
export function useSchedules(filter: MaybeRefOrGetter<ScheduleFilter>) {
  const query = useQuery({
    queryKey: ['schedules', 'list', computed(() => toValue(filter))],
    queryFn: ({ signal }) => {
      const query = { ...toValue(filter), next: NEXT_SHOWN, runs: RUNS_SHOWN, limit: PAGE_ROWS }
      return call(api.GET('/schedules', { params: { query }, signal }))
    },
    refetchInterval: pollInterval,
  })
  useOutcomeNews(['schedules', 'list'], () => query.data.value?.items.flatMap(({ runs }) => runs ?? []) ?? [])
  return query
}

async function getSchedule(name: string, signal?: AbortSignal): Promise<ReadSchedule> {
  const request = api.GET(ONE, { ...at(name), signal, parseAs: 'text' })
  const schedule = readSchedule(await call(request))
  return { schedule, etag: (await request).response.headers.get('ETag') ?? '*' }
}

/** enabled: whether it is asked for; not while it is being deleted. */
export const useSchedule = (name: MaybeRefOrGetter<string>, enabled: () => boolean) =>
  useQuery({
    queryKey: ['schedules', 'one', computed(() => toValue(name))],
    enabled,
    queryFn: ({ signal }) => getSchedule(toValue(name), signal),
    refetchInterval: pollInterval,
    placeholderData: undefined,
  })

/** Ask anew, past the cache: for a form that begins with what is there now. Throws Problem. */
export const useReadSchedule = () => {
  const queries = useQueryClient()
  return async (name: string): Promise<ReadSchedule> => {
    const read = await getSchedule(name)
    queries.setQueryData(['schedules', 'one', name], read)
    return read
  }
}

/** When it fires next, paused or not. */
export const useNextInstants = (name: MaybeRefOrGetter<string>, count: number, enabled: () => boolean) =>
  useQuery({
    queryKey: ['schedules', 'next', computed(() => toValue(name)), count],
    enabled,
    queryFn: ({ signal }) =>
      call(
        api.GET('/schedules/{schedule}/next', {
          params: { path: { schedule: toValue(name) }, query: { n: count } },
          signal,
        }),
      ),
    refetchInterval: pollInterval,
    placeholderData: undefined,
  })

/** A page of what it has fired, the newest first. cursor: of the page before. */
export function useScheduleRuns(
  name: MaybeRefOrGetter<string>,
  cursor: MaybeRefOrGetter<string | undefined>,
  enabled: () => boolean,
) {
  const query = useQuery({
    queryKey: ['schedules', 'runs', computed(() => toValue(name)), computed(() => toValue(cursor) ?? null)],
    enabled,
    queryFn: ({ signal }) =>
      call(
        api.GET('/schedules/{schedule}/runs', {
          params: { path: { schedule: toValue(name) }, query: { cursor: toValue(cursor), limit: PAGE_RUNS } },
          signal,
        }),
      ),
    refetchInterval: pollInterval,
  })
  useOutcomeNews(['schedules', 'runs'], () => query.data.value?.items ?? [])
  return query
}

/** The processes that fire. No topic tells when one is lost. */
export const useSchedulers = () =>
  useQuery({
    queryKey: ['schedulers'],
    queryFn: ({ signal }) => call(api.GET('/schedulers', { signal })),
    refetchInterval: steadyInterval(SCHEDULER_MILLISECONDS),
  })

export type PreviewRequest = Pick<Schemas['PreviewRequest'], 'cron' | 'timezone' | 'starts_at' | 'ends_at'>

const PREVIEWED = 5

/** What a cron means, as the API reads it; null: there is none yet. The error says where it is wrong. */
export const usePreview = (request: MaybeRefOrGetter<PreviewRequest | null>) =>
  useQuery(
    computed(() => {
      const wanted = toValue(request)
      return {
        queryKey: ['schedule-preview', wanted],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          call(api.POST('/schedules/preview', { body: { cron: '', ...wanted, n: PREVIEWED }, signal })),
        enabled: wanted !== null,
        staleTime: 10_000,
      }
    }),
  )

function useChange<Given, Answer>(change: (given: Given) => Promise<Answer>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: ['schedules'] }),
  })
}

/** Fire nothing until it is resumed; like the next two, called with the name. Throws Problem. */
export const usePauseSchedule = () =>
  useChange((name: string) => call(api.POST('/schedules/{schedule}/pause', at(name))))

export const useResumeSchedule = () =>
  useChange((name: string) => call(api.POST('/schedules/{schedule}/resume', at(name))))

/** Submit its job now, paused or not. Answers the job. */
export const useRunSchedule = () =>
  useChange((name: string) => call(api.POST('/schedules/{schedule}/run', at(name))))

/** The text is what is sent: numbers of a payload that is serialised again would be rounded. */
const written = (body: JsonObject) => ({
  bodySerializer: () => printJson(body, 0),
  parseAs: 'text' as const,
})

export const useCreateSchedule = () =>
  useChange(async (body: JsonObject) =>
    readSchedule(
      await call(
        api.POST('/schedules', { ...written(body), body: body as unknown as Schemas['ScheduleRequest'] }),
      ),
    ),
  )

/** Of the schedule that was read with this ETag. Throws Problem 412 when it has changed since. */
export const useEditSchedule = () =>
  useChange(async ({ name, etag, changes }: { name: string; etag: string; changes: JsonObject }) => {
    const params = { path: { schedule: name }, header: { 'If-Match': etag } }
    const body = changes as unknown as Schemas['ScheduleEdit']
    return readSchedule(await call(api.PATCH(ONE, { ...written(changes), params, body })))
  })

/** Of the schedule that was read with this ETag. Its own page must not ask for it meanwhile. */
export const useDeleteSchedule = () =>
  useChange(({ name, etag }: { name: string; etag: string }) =>
    call(api.DELETE(ONE, { params: { path: { schedule: name }, header: { 'If-Match': etag } } })),
  )
