import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { ScheduleFilter } from '@/api/schedules'

export type PauseChoice = 'all' | 'active' | 'paused'
export type SourceChoice = 'all' | 'api' | 'file'

const oneOf = <T extends string>(value: unknown, known: readonly T[]): T | undefined =>
  known.find((other) => other === value)

/** Which schedules the list shows. The URL keeps it. */
export function useScheduleFilter() {
  const route = useRoute()
  const router = useRouter()

  const choices = computed(() => ({
    state: oneOf<PauseChoice>(route.query.state, ['active', 'paused']) ?? 'all',
    source: oneOf<SourceChoice>(route.query.source, ['api', 'file']) ?? 'all',
  }))
  const cursor = computed(() => (typeof route.query.after === 'string' ? route.query.after : undefined))
  const filter = computed<ScheduleFilter>(() => {
    const { state, source } = choices.value
    return {
      ...(state === 'all' ? {} : { paused: state === 'paused' }),
      ...(source === 'all' ? {} : { source }),
      ...(cursor.value ? { cursor: cursor.value } : {}),
    }
  })
  const isFiltered = computed(() => choices.value.state !== 'all' || choices.value.source !== 'all')

  /** A filter begins at its first page. */
  function choose(change: { state?: PauseChoice; source?: SourceChoice }) {
    const next = { ...choices.value, ...change }
    return router.push({
      query: Object.fromEntries(Object.entries(next).filter(([, choice]) => choice !== 'all')),
    })
  }

  return { choices, filter, isFiltered, cursor, choose }
}
