import type { Ref } from 'vue'
import { useHotkeys } from './useHotkeys'

/** Keys of the list of schedules: they act on the one whose row has the focus. Rows have `data-name`. */
export function useScheduleKeys(
  list: Ref<HTMLElement | null>,
  acts: { run: (name: string) => void; togglePause: (name: string) => void },
) {
  const rows = () => [...(list.value?.querySelectorAll<HTMLElement>('[data-name]') ?? [])]
  const isFocused = (row: HTMLElement) => row.contains(document.activeElement)

  function move(by: number) {
    const all = rows()
    const at = all.findIndex(isFocused)
    const row = all[at < 0 ? 0 : at + by]
    row?.querySelector<HTMLElement>('h2 a')?.focus()
    row?.scrollIntoView({ block: 'nearest' })
  }

  function act(on: (name: string) => void) {
    const name = rows().find(isFocused)?.dataset.name
    if (name !== undefined) on(name)
  }

  useHotkeys({
    j: ['Next schedule', () => move(1)],
    k: ['Schedule before', () => move(-1)],
    r: ['Run it now', () => act(acts.run)],
    z: ['Pause or resume it', () => act(acts.togglePause)],
  })
}
