import { useMediaQuery } from '@vueuse/core'
import { computed, ref, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import type { Row } from '@/lib/job-rows'
import type { useRowCursor } from './useRowCursor'

/** The job that is shown beside the list: the one that keys act on. Without the room for it, it is opened. */
export function useJobPeek(
  rows: Ref<readonly Row[]>,
  { current, point, focus }: ReturnType<typeof useRowCursor>,
) {
  const router = useRouter()
  const hasRoom = useMediaQuery('(min-width: 1024px)')
  const isPeeking = ref(false)
  const peeked = computed(() =>
    isPeeking.value ? rows.value.find(({ id }) => id === current.value) : undefined,
  )

  function peekAt(id: string) {
    point(id)
    if (hasRoom.value) isPeeking.value = true
    else void router.push(`/jobs/${id}`)
  }

  /** The focus may be in it. */
  function endPeek() {
    isPeeking.value = false
    focus()
  }

  const togglePeek = () => (isPeeking.value = current.value !== null && !isPeeking.value)
  return { peeked, peekAt, togglePeek, endPeek }
}
