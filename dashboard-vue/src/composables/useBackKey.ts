import { useRouter } from 'vue-router'
import { useHotkeys } from './useHotkeys'

/** Esc leads back to where the person came from, or to the list that this page belongs to. */
export function useBackKey(label: string, list: string) {
  const router = useRouter()
  useHotkeys({
    Escape: [
      label,
      () => {
        const { back } = window.history.state as { back?: string | null }
        if (back) router.back()
        else void router.push(list)
      },
    ],
  })
}
