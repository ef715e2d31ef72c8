import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { PRESETS, type TimeWindow } from '@/lib/time-window'

const DEFAULT = '1h'
const CHOICES = PRESETS.filter(({ from }) => ['15m', '1h', '6h', '24h'].includes(from))

/** How much time a page's charts show; the URL keeps it. */
export function useChartWindow() {
  const route = useRoute()
  const router = useRouter()
  const choice = computed({
    get: () => CHOICES.find(({ from }) => from === route.query.window)?.from ?? DEFAULT,
    set: (from) =>
      void router.replace({ query: { ...route.query, window: from === DEFAULT ? undefined : from } }),
  })
  const window = computed<TimeWindow>(() => ({ from: choice.value }))
  const options = CHOICES.map(({ from, label }) => ({ value: from, label: `Last ${label}` }))
  return { choice, window, options }
}
