import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { stringify } from 'lossless-json'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { BulkTarget, ChosenAction } from '@/lib/bulk'
import { namesEveryJob } from '@/lib/bulk'
import { api, call } from './client'
import { pollInterval } from './connection'
import type { components } from './schema'

type BulkRequest = components['schemas']['BulkRequest']
export type BulkPreview = components['schemas']['BulkPreview']
export type BulkOperation = components['schemas']['BulkOperation']

const LISTED = 20
const ONE = '/bulk/{operation_id}'
const at = (id: string) => ({ params: { path: { operation_id: id } } })

/** A filter by payload may have numbers that JSON.stringify would not write as they are. */
const post = (body: BulkRequest, signal?: AbortSignal) =>
  call(api.POST('/bulk', { body, signal, bodySerializer: (body) => stringify(body) ?? '' }))

/** What the action would change, and what it would leave as it is; asked for whenever somebody begins to look. */
export const useBulkPreview = (
  action: MaybeRefOrGetter<ChosenAction>,
  target: MaybeRefOrGetter<BulkTarget>,
) =>
  useQuery(
    computed(() => {
      const body = { action: toValue(action), ...toValue(target), dry_run: true }
      return {
        queryKey: ['bulk-preview', body],
        queryFn: async ({ signal }: { signal: AbortSignal }) => (await post(body, signal)) as BulkPreview,
        staleTime: Infinity,
        gcTime: 0,
        placeholderData: undefined,
      }
    }),
  )

export interface BulkStart {
  action: ChosenAction
  target: BulkTarget
  /** Jobs a second; undefined: as many as leave other jobs their speed. */
  rate: number | undefined
}

/** Begin an operation that goes on in the background. Throws Problem. */
export function useStartBulk() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async ({ action, target, rate }: BulkStart) =>
      (await post({
        action,
        ...target,
        ...(rate === undefined ? {} : { rate_per_second: rate }),
        ...(namesEveryJob(target) ? { confirm_all: true } : {}),
      })) as BulkOperation,
    onSuccess: (operation) => {
      queries.setQueryData(['bulk', operation.id], operation)
      return queries.invalidateQueries({ queryKey: ['bulk', 'list'] })
    },
  })
}

/** The latest operations, the newest first. The topic `bulk` says when they have gone on. */
export const useBulkOperations = () =>
  useQuery({
    queryKey: ['bulk', 'list'],
    queryFn: async ({ signal }) =>
      (await call(api.GET('/bulk', { params: { query: { limit: LISTED } }, signal }))).items,
    refetchInterval: pollInterval,
  })

/** id: undefined while there is none to look at. */
export const useBulkOperation = (id: MaybeRefOrGetter<string | undefined>) =>
  useQuery({
    queryKey: ['bulk', computed(() => toValue(id))],
    queryFn: ({ signal }) => call(api.GET(ONE, { ...at(toValue(id) ?? ''), signal })),
    enabled: () => toValue(id) !== undefined,
    refetchInterval: pollInterval,
    placeholderData: undefined,
  })

/** End an operation: what it has changed stays changed. Called with its id; throws Problem. */
export function useAbortBulk() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => call(api.DELETE(ONE, at(id))),
    onSettled: () => queries.invalidateQueries({ queryKey: ['bulk'] }),
  })
}
