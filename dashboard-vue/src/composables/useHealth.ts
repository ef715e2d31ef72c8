import { computed } from 'vue'
import { isOffline } from '@/api/connection'
import { useOverview } from '@/api/overview'
import { useReadiness } from '@/api/readiness'
import { troublesOf } from '@/lib/health'

/** What is wrong with the system now; isKnown: whether nothing is as good as "nothing is wrong". */
export function useHealth() {
  const { data: readiness } = useReadiness()
  const { data: overview } = useOverview()
  const troubles = computed(() =>
    troublesOf({ isOffline: isOffline.value, readiness: readiness.value, overview: overview.value }),
  )
  const isKnown = computed(() => readiness.value !== undefined && overview.value !== undefined)
  return { troubles, isKnown, readiness, overview }
}
