import { computed, nextTick, ref, type Ref } from 'vue'

/** The path of the page that the back button came from; the router keeps it. */
const cameFrom = () => (window.history.state as { forward?: string | null } | null)?.forward ?? ''

/** The row that keys act on. It has the table's one place in the order of Tab; moving it takes the focus along. */
export function useRowCursor(order: Ref<readonly string[]>, element: (id: string) => HTMLElement | null) {
  const chosen = ref<string | null>(/^\/jobs\/([^/?#]+)/.exec(cameFrom())?.[1] ?? null)
  const current = computed(() =>
    chosen.value !== null && order.value.includes(chosen.value) ? chosen.value : null,
  )

  function moveTo(id: string) {
    chosen.value = id
    void nextTick(() => {
      const row = element(id)
      row?.focus({ preventScroll: true })
      row?.scrollIntoView({ block: 'nearest' })
    })
  }

  /** By so many rows; from nowhere to the first of those on screen. */
  function move(by: number, firstVisible: string | undefined) {
    const at = current.value === null ? -1 : order.value.indexOf(current.value)
    const to = at < 0 ? firstVisible : order.value[at + by]
    if (to !== undefined) moveTo(to)
  }

  /** Give the focus back to the list, where what had it goes away. */
  function focus() {
    const id = current.value ?? order.value[0]
    if (id !== undefined) void nextTick(() => element(id)?.focus({ preventScroll: true }))
  }

  return { current, move, focus, point: (id: string) => (chosen.value = id) }
}
