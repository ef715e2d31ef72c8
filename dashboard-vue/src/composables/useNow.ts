import { createSharedComposable, useDocumentVisibility, useIntervalFn } from '@vueuse/core'
import { readonly, ref, watch } from 'vue'

/** The time in milliseconds since 1970, each second: one timer for all that show an age. */
export const useNow = createSharedComposable(() => {
  const now = ref(Date.now())
  const tick = () => (now.value = Date.now())
  const { pause, resume } = useIntervalFn(tick, 1_000)
  watch(useDocumentVisibility(), (visibility) => {
    tick()
    if (visibility === 'visible') resume()
    else pause()
  })
  return readonly(now)
})
