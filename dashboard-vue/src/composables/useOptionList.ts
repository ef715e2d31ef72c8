import { computed, ref, watch } from 'vue'

/** Which option of an open list the arrow keys are at, while the focus stays in the box. -1: none. */
export function useOptionList<T>(options: () => readonly T[], restartOn: () => unknown) {
  const isWanted = ref(false)
  const active = ref(-1)
  watch([restartOn, () => options().length], () => (active.value = -1))

  const isOpen = computed(() => isWanted.value && options().length > 0)
  const current = computed(() => (isOpen.value ? options()[active.value] : undefined))

  function move(by: 1 | -1) {
    const count = options().length
    isWanted.value = true
    if (count === 0) return
    if (active.value < 0) active.value = by > 0 ? 0 : count - 1
    else active.value = (active.value + by + count) % count
  }

  return { isWanted, isOpen, active, current, move }
}
