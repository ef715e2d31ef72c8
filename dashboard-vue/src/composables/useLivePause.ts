import { readonly, ref } from 'vue'
import { stream } from '@/api/stream'

const isPaused = ref(false)

/** A person's wish that nothing on screen changes by itself, until they resume. */
export const useLivePause = () => ({
  isPaused: readonly(isPaused),
  togglePause: () => {
    isPaused.value = !isPaused.value
    stream.setPaused(isPaused.value)
  },
})
