import type { Ref } from 'vue'
import { type BulkTarget, type ChosenAction, frozenFilter } from '@/lib/bulk'
import { type BulkFilter, type JobFilter, isEmpty } from '@/lib/job-filter'
import { useSelection } from './useSelection'

interface Matched {
  filter: BulkFilter
  isEveryJob: boolean
}

interface Options {
  filter: Ref<JobFilter>
  order: Ref<readonly string[]>
  current: Ref<string | null>
  newestAt: Ref<string | null>
  ask: (asked: { action: ChosenAction; target: BulkTarget; isEveryJob?: boolean }) => void
}

/** The jobs that are chosen in a list, and how to act on them; where none is, on the one that keys act on. */
export function useJobSelection({ filter, order, current, newestAt, ask }: Options) {
  const selection = useSelection<Matched>(order, filter)

  function act(action: ChosenAction) {
    const { all, ids } = selection
    if (all.value) {
      return ask({ action, target: { filter: all.value.filter }, isEveryJob: all.value.isEveryJob })
    }
    const chosen = ids.value.size > 0 ? [...ids.value] : [current.value].filter((id) => id !== null)
    if (chosen.length > 0) ask({ action, target: { ids: chosen } })
  }

  return {
    ...selection,
    act,
    /** The filter as it is at this moment: jobs that are submitted later are not among them. */
    chooseAll: () =>
      selection.chooseAll({
        filter: frozenFilter(filter.value, Date.now(), newestAt.value),
        isEveryJob: isEmpty(filter.value),
      }),
  }
}
