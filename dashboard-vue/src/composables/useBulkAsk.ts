import { computed, ref, shallowRef } from 'vue'
import type { BulkTarget, ChosenAction } from '@/lib/bulk'

interface Asked {
  action: ChosenAction
  target: BulkTarget
  isEveryJob?: boolean
}

/** What BulkDialog asks about now. It stays open until it is closed, whatever is chosen meanwhile. */
export function useBulkAsk() {
  const asked = shallowRef<Asked | null>(null)
  const turn = ref(0)
  return {
    asked,
    /** Makes the dialog anew. */
    turn,
    isOpen: computed({ get: () => asked.value !== null, set: (isOpen) => !isOpen && (asked.value = null) }),
    ask: (next: Asked) => {
      turn.value += 1
      asked.value = next
    },
  }
}
