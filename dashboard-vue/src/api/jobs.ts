import { useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { type JobFilter, listParameters, queryFromFilter } from '@/lib/job-filter'
import { type RowPage, changedIds, withNews } from '@/lib/job-rows'
import { api, call } from './client'

export type JobSort = '-created' | 'created'

interface PageParameter {
  cursor: string | null
  now: number | null
}
type RowPages = InfiniteData<RowPage, PageParameter>

const FIRST: PageParameter = { cursor: null, now: null }
/** Drawn at once, in a task that must not be a long one. */
const PAGE_ROWS = 30
/** Those farthest away are dropped, and asked for again by scrolling back. */
const PAGES_AT_ONCE = 10
const KEPT_MILLISECONDS = 10 * 60_000

async function getPage(
  filter: JobFilter,
  sort: JobSort,
  { cursor, now }: PageParameter,
  signal: AbortSignal,
) {
  const asked = now ?? Date.now()
  const query = { ...listParameters(filter, asked), sort, limit: PAGE_ROWS, ...(cursor ? { cursor } : {}) }
  const page = await call(api.GET('/jobs', { params: { query }, signal }))
  return { rows: page.items, next: page.next_cursor, previous: page.prev_cursor, now: asked }
}

/**
 * Pages of the jobs that match. They never change by themselves, however the cache is told that something has: whoever
 * shows them refreshes the rows in their places, and begins anew when a person asks for it.
 */
export function useJobs(filter: MaybeRefOrGetter<JobFilter>, sort: MaybeRefOrGetter<JobSort>) {
  const queries = useQueryClient()
  const key = computed(() => ['jobs', 'list', queryFromFilter(toValue(filter)), toValue(sort)])
  const query = useInfiniteQuery(
    computed(() => {
      const [wanted, order] = [toValue(filter), toValue(sort)]
      return {
        queryKey: key.value,
        queryFn: ({ pageParam, signal }: { pageParam: PageParameter; signal: AbortSignal }) =>
          getPage(wanted, order, pageParam, signal),
        initialPageParam: FIRST,
        getNextPageParam: ({ next, now }: RowPage) => (next === null ? null : { cursor: next, now }),
        getPreviousPageParam: ({ previous, now }: RowPage) =>
          previous === null ? null : { cursor: previous, now },
        maxPages: PAGES_AT_ONCE,
        staleTime: 'static' as const,
        gcTime: KEPT_MILLISECONDS,
        // Row by row they are kept as they are already (withNews). Compared by their places, as sharing does, every row
        // would be another one, and be drawn again, whenever a page is dropped.
        structuralSharing: false,
        shallow: true,
      }
    }),
  )

  /** Begin anew at the first page. */
  function restart() {
    queries.setQueryData<RowPages>(
      key.value,
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: [FIRST] },
    )
    return query.refetch()
  }

  return { ...query, restart }
}

/**
 * How many jobs match; up to 10,000 it is exact. createdAfter: only those created then or later; null: there is
 * nothing to be later than. It is asked for once; `refetch` when something may have changed.
 */
export const useJobCount = (
  filter: MaybeRefOrGetter<JobFilter>,
  options: { enabled: MaybeRefOrGetter<boolean>; createdAfter?: MaybeRefOrGetter<string | null> },
) =>
  useQuery(
    computed(() => {
      const wanted = toValue(filter)
      const createdAfter = toValue(options.createdAfter)
      return {
        queryKey: ['jobs', 'count', queryFromFilter(wanted), createdAfter ?? null],
        queryFn: ({ signal }: { signal: AbortSignal }) => {
          const query = listParameters(wanted, Date.now())
          if (createdAfter) query.created_after = createdAfter
          return call(api.GET('/jobs/count', { params: { query }, signal }))
        },
        enabled: toValue(options.enabled),
        staleTime: Infinity,
        placeholderData: undefined,
      }
    }),
  )

/** Most that the API looks up at once. */
const LOOKED_UP_AT_ONCE = 200

/**
 * Ask for jobs that are on screen, and put what is new in its place in every list. Answers which of them are in
 * another status or attempt than before.
 */
export function useRowRefresh() {
  const queries = useQueryClient()
  const lists = { queryKey: ['jobs', 'list'] }
  return async (ids: readonly string[]): Promise<Set<string>> => {
    const id = ids.slice(0, LOOKED_UP_AT_ONCE)
    const { items } = await call(api.GET('/jobs', { params: { query: { id, limit: id.length } } }))
    const answered = new Map(items.map((job) => [job.id, job]))
    const changed = new Set<string>()
    queries.setQueriesData<RowPages>(lists, (data) => {
      if (!data) return data
      const pages = withNews(data.pages, new Set(id), answered)
      if (pages.every((page, at) => page === data.pages[at])) return data
      for (const changedId of changedIds(data.pages.flatMap(rowsOf), pages.flatMap(rowsOf)))
        changed.add(changedId)
      return { ...data, pages }
    })
    return changed
  }
}

const rowsOf = ({ rows }: RowPage) => rows
