import { useRouter } from 'vue-router'
import { useHotkeys } from './useHotkeys'

/** Open things that Esc closes by itself; they are still here when this hears of it. */
const CLOSED_BY_ESCAPE = '[role=menu], [role=listbox], [role=dialog], [role=alertdialog], #tooltip'

/** Esc leads back to where the person came from, or to the list that this page belongs to. */
export function useBackKey(label: string, list: string) {
  const router = useRouter()
  useHotkeys({
    Escape: [
      label,
      () => {
        if (document.querySelector(CLOSED_BY_ESCAPE)) return
        const { back } = window.history.state as { back?: string | null }
        if (back) router.back()
        else void router.push(list)
      },
    ],
  })
}
