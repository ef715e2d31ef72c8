import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { FailureFilter } from '@/lib/failure-filter'
import { api, call } from './client'
import { steadyInterval } from './connection'
import type { components } from './schema'

export type FailureGroup = components['schemas']['FailureGroup']
export type Failure = components['schemas']['Failure']

const PAGE_SIZE = 50
const MOST_PAGES = 20
/** No topic tells of failures alone, and those of a busy system change each moment. */
const EVERY_MILLISECONDS = 5_000

/** What fails, as groups of one problem each; pages by keyset. */
export const useFailures = (filter: MaybeRefOrGetter<FailureFilter>) =>
  useInfiniteQuery({
    queryKey: ['failures', computed(() => toValue(filter))],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET('/failures', {
          params: { query: { ...toValue(filter), limit: PAGE_SIZE, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    maxPages: MOST_PAGES,
    refetchInterval: steadyInterval(EVERY_MILLISECONDS),
  })

/** The problems of the last day that were seen most often. */
export const useTopFailures = (limit: number) =>
  useQuery({
    queryKey: ['failures', 'top', limit],
    queryFn: ({ signal }) =>
      call(api.GET('/failures', { params: { query: { since: '24h', sort: '-count', limit } }, signal })),
    refetchInterval: steadyInterval(EVERY_MILLISECONDS),
  })

/** One group with a traceback, how many jobs are failed with it now, and the bulk operations on them. */
export const useFailure = (
  fingerprint: MaybeRefOrGetter<string | undefined>,
  since: MaybeRefOrGetter<string>,
) =>
  useQuery({
    queryKey: ['failure', computed(() => toValue(fingerprint)), computed(() => toValue(since))],
    queryFn: ({ signal }) =>
      call(
        api.GET('/failures/{fingerprint}', {
          params: { path: { fingerprint: toValue(fingerprint) ?? '' }, query: { since: toValue(since) } },
          signal,
        }),
      ),
    enabled: computed(() => toValue(fingerprint) !== undefined),
    refetchInterval: steadyInterval(EVERY_MILLISECONDS),
    placeholderData: undefined,
  })
