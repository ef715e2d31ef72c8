import { useEventListener, useIntervalFn } from '@vueuse/core'
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { connection } from '@/api/connection'
import { type JobSort, useJobCount, useJobs, useRowRefresh } from '@/api/jobs'
import { atMostEvery } from '@/api/live'
import { useTopic } from '@/api/stream'
import { type JobFilter } from '@/lib/job-filter'
import { stillMatches } from '@/lib/job-match'
import { type Row, justAfter } from '@/lib/job-rows'
import { type JobsFrame, isActive, mayChangeCount, newcomersOf, touches } from '@/lib/job-news'

const REFRESH_MILLISECONDS = 1_000
/** The stream does not tell of jobs that start. */
const ACTIVE_MILLISECONDS = 2_000
const POLL_MILLISECONDS = 5_000
const TOTAL_MILLISECONDS = 5_000
/** A total that is "or more" hardly ever becomes less. */
const CAPPED_TOTAL_MILLISECONDS = 30_000
const FRESH_MILLISECONDS = 2_000

const QUIET = ['paused', 'hidden', 'offline', 'denied']
const isQuiet = () => QUIET.includes(connection.value)

/** Whether the browser came here by its back or forward button: the router keeps where such a page was scrolled to. */
const isReturn = () => (window.history.state as { scroll?: unknown } | null)?.scroll != null

/**
 * The jobs that match, kept as they are now without a row moving: those on screen are renewed in their places, and of
 * those that came since only the number is told. visibleIds: the jobs that are on screen.
 */
export function useJobList(filter: Ref<JobFilter>, sort: Ref<JobSort>, visibleIds: () => string[]) {
  const list = useJobs(filter, sort)
  const refreshRows = useRowRefresh()
  const pages = computed(() => list.data.value?.pages ?? [])
  const rows = computed(() => pages.value.flatMap((page) => page.rows))
  const isShown = computed(() => list.isSuccess.value && !list.isPlaceholderData.value)

  const newestAt = ref<string | null>(null)
  watch(
    [() => pages.value[0], isShown],
    ([first]) => {
      if (isShown.value && first?.previous === null) newestAt.value = first.rows[0]?.created_at ?? null
    },
    { immediate: true },
  )
  const total = useJobCount(filter, { enabled: isShown })
  const later = useJobCount(filter, {
    enabled: false,
    createdAfter: () => (newestAt.value === null ? null : justAfter(newestAt.value)),
  })
  const totalAtFirst = ref<number | null>(null)
  watch(
    [total.data, isShown],
    () => {
      if (!isShown.value || !total.data.value) totalAtFirst.value = null
      else totalAtFirst.value ??= total.data.value.value
    },
    { immediate: true },
  )
  const newcomers = computed(() => {
    const isNewestFirst = sort.value === '-created'
    // The oldest first: those that came are below, where there is more to read anyway.
    if (!isShown.value || (!isNewestFirst && list.hasNextPage.value)) return null
    return newcomersOf(isNewestFirst ? later.data.value : undefined, total.data.value, totalAtFirst.value)
  })

  async function show() {
    totalAtFirst.value = null
    const shown = await list.restart()
    if (!shown.isSuccess) return
    await total.refetch()
    // The same number as before tells no watcher.
    totalAtFirst.value = total.data.value?.value ?? null
  }

  const changed = shallowRef<ReadonlySet<string>>(new Set())
  let [areRowsOld, isCountOld, isAsking] = [false, false, false]

  async function refresh() {
    if (isQuiet() || isAsking || !isShown.value) return
    isAsking = true
    const ids = areRowsOld ? visibleIds() : []
    const count = isCountOld ? countAgain : () => undefined
    areRowsOld = isCountOld = false
    try {
      const [now] = await Promise.all([ids.length > 0 ? refreshRows(ids) : null, count()])
      if (now) changed.value = now
    } catch {
      // Asked for again in a moment; that the API is away, other queries say.
      areRowsOld = true
    } finally {
      isAsking = false
    }
    if (rows.value.length === 0 && newcomers.value) await show()
    else if (areRowsOld || isCountOld) refreshSoon()
  }
  const refreshSoon = atMostEvery(REFRESH_MILLISECONDS, () => void refresh())

  function countAgain() {
    const age = Date.now() - total.dataUpdatedAt.value
    const isCapped = total.data.value?.relation === 'gte'
    const isTotalOld = age > (isCapped ? CAPPED_TOTAL_MILLISECONDS : TOTAL_MILLISECONDS)
    return isTotalOld || sort.value !== '-created' ? total.refetch() : later.refetch()
  }

  function refreshAll() {
    areRowsOld = isCountOld = true
    refreshSoon()
  }
  useTopic<JobsFrame>('jobs', (frame) => {
    areRowsOld ||= touches(frame, visibleIds())
    isCountOld ||= mayChangeCount(frame, filter.value)
    if (areRowsOld || isCountOld) refreshSoon()
  })
  useTopic('bulk', refreshAll)
  useTopic('resync', refreshAll)
  watch(connection, (now) => {
    if (now === 'live') refreshAll()
  })
  useIntervalFn(() => {
    if (connection.value === 'polling') refreshAll()
  }, POLL_MILLISECONDS)
  useIntervalFn(() => {
    const visible = new Set(visibleIds())
    if (!rows.value.some((row) => visible.has(row.id) && isActive(row, Date.now()))) return
    areRowsOld = true
    refreshSoon()
  }, ACTIVE_MILLISECONDS)

  /** Rows that have come on screen may be old. */
  function refreshVisible() {
    areRowsOld = true
    refreshSoon()
  }
  useEventListener(document, 'scrollend', refreshVisible)

  watch(
    [filter, sort],
    () => {
      const age = Date.now() - list.dataUpdatedAt.value
      if (isShown.value && !isReturn() && age > FRESH_MILLISECONDS) void show()
      else if (isShown.value) refreshVisible()
    },
    { immediate: true, flush: 'post' },
  )

  /** Rows that are not among those that match any more. */
  const gone = computed(() => {
    const now = pages.value[0]?.now ?? 0
    const isGone = (row: Row) => row.isDeleted === true || !stillMatches(filter.value, row, now)
    return new Set(isShown.value ? rows.value.filter(isGone).map(({ id }) => id) : [])
  })

  return { ...list, rows, isShown, newestAt, total, newcomers, changed, gone, show }
}
