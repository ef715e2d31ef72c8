import { computed, ref, shallowRef, watch, type Ref } from 'vue'

/**
 * Which rows are chosen: some, by id, or all that match, whatever is on screen. `all` holds what was matched at the
 * moment of choosing. What is chosen is forgotten when the list becomes another one.
 */
export function useSelection<All>(order: Ref<readonly string[]>, list: Ref<unknown>) {
  const ids = ref<ReadonlySet<string>>(new Set())
  const all = shallowRef<All | null>(null)
  let anchor: string | null = null

  function clear() {
    ids.value = new Set()
    all.value = null
    anchor = null
  }

  /** From all that match to single ones there is no way but to begin anew. */
  function set(chosen: Iterable<string>) {
    all.value = null
    ids.value = new Set(chosen)
  }

  function toggle(id: string) {
    const next = new Set(all.value ? [] : ids.value)
    if (!next.delete(id)) next.add(id)
    set(next)
    anchor = id
  }

  /** Add all from the row that was chosen last to this one. */
  function extend(id: string) {
    const [from, to] = [order.value.indexOf(anchor ?? id), order.value.indexOf(id)]
    if (from < 0 || to < 0) return toggle(id)
    set([...ids.value, ...order.value.slice(Math.min(from, to), Math.max(from, to) + 1)])
    anchor = id
  }

  function toggleShown() {
    if (ids.value.size === order.value.length || all.value) clear()
    else set(order.value)
  }

  watch(list, clear)

  return {
    ids,
    all,
    isAny: computed(() => all.value !== null || ids.value.size > 0),
    isChosen: (id: string) => all.value !== null || ids.value.has(id),
    /** For the box in the table's head. */
    shown: computed<boolean | 'indeterminate'>(() => {
      if (all.value) return true
      if (ids.value.size === 0) return false
      return order.value.every((id) => ids.value.has(id)) ? true : 'indeterminate'
    }),
    clear,
    toggle,
    extend,
    toggleShown,
    chooseAll: (matched: All) => {
      ids.value = new Set()
      all.value = matched
    },
  }
}
