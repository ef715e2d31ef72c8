import { nextTick } from 'vue'
import { useRouter } from 'vue-router'

/** The content of the page that is shown, from its heading on: where Tab and a screen reader go on reading. */
export function focusContent() {
  const content = document.getElementById('content')
  const heading = content?.querySelector('h1')
  heading?.setAttribute('tabindex', '-1')
  ;(heading ?? content)?.focus({ preventScroll: true })
}

/** After a change of page the focus is in the page, not on the link that led there or nowhere. */
export function usePageFocus() {
  const router = useRouter()
  router.afterEach(async (to, from) => {
    if (from.matched.length === 0 || to.path === from.path) return
    await nextTick()
    if (document.getElementById('content')?.contains(document.activeElement)) return
    if (document.activeElement?.closest('[role=dialog]')) return
    focusContent()
  })
}
