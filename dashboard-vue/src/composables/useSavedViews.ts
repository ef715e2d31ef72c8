import { useLocalStorage } from '@vueuse/core'
import { computed } from 'vue'
import { type SavedView, readViews } from '@/lib/saved-views'

const kept = useLocalStorage<unknown>('goqueue.views', [], {
  serializer: {
    read: (text): unknown => {
      try {
        return JSON.parse(text)
      } catch {
        return []
      }
    },
    write: JSON.stringify,
  },
})

/** This browser's own views, in the order they were saved. */
export function useSavedViews() {
  const views = computed(() => readViews(kept.value))
  return {
    views,
    save: (view: SavedView) => (kept.value = [...views.value, view]),
    rename: (view: SavedView, name: string) =>
      (kept.value = views.value.map((other) => (other.name === view.name ? { ...other, name } : other))),
    remove: (view: SavedView) => (kept.value = views.value.filter(({ name }) => name !== view.name)),
  }
}
