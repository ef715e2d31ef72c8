import { refDebounced } from '@vueuse/core'
import { computed, ref, watch } from 'vue'
import { useSuggestions } from '@/api/suggest'
import {
  type Suggestion,
  completed,
  completionAt,
  suggestedField,
  suggestions as suggestionsFor,
} from '@/lib/filter-completion'
import { type FilterProblem, type Parsed, merge, parse, printPart } from '@/lib/filter-language'
import { partsOf, withoutPart } from '@/lib/filter-parts'
import type { JobFilter } from '@/lib/job-filter'
import { usePreferences } from './usePreferences'

const TYPING_MILLISECONDS = 120

interface Hooks {
  filter: () => JobFilter
  change: (filter: JobFilter) => void
  open: (jobId: string) => void
  isUsed: () => boolean
}

/** What is being typed into the filter box and not part of the filter yet. */
export function useFilterDraft({ filter, change, open, isUsed }: Hooks) {
  const preferences = usePreferences()
  const draft = ref('')
  const caret = ref(0)
  const problems = ref<FilterProblem[]>([])
  watch(draft, () => (problems.value = []))

  const completion = computed(() => completionAt(draft.value, caret.value))
  const wanted = computed(() => {
    const field = isUsed() ? suggestedField(completion.value) : null
    return field ? { field, prefix: completion.value.prefix } : null
  })
  const asked = refDebounced(wanted, TYPING_MILLISECONDS)
  const { data: known } = useSuggestions(asked)
  const { data: types } = useSuggestions(
    computed(() => (isUsed() ? { field: 'type' as const, prefix: '' } : null)),
  )
  const knownNow = computed(() => {
    const request = asked.value
    if (!wanted.value || request?.field !== wanted.value.field) return []
    // Those of the last letter still hold for the next one.
    return (known.value ?? []).filter(({ value }) => value.startsWith(completion.value.prefix))
  })
  const suggestions = computed(() => (isUsed() ? suggestionsFor(completion.value, knownNow.value) : []))

  function read(): Parsed {
    const all = [...(types.value ?? []), ...(asked.value?.field === 'type' ? knownNow.value : [])]
    return parse(draft.value, { types: all.map(({ value }) => value), isUtc: preferences.value.isUtc })
  }

  /** Make it part of the filter. false: something is wrong with it, see problems. */
  function commit(): boolean {
    const parsed = read()
    problems.value = parsed.problems
    if (parsed.problems.length > 0) return false
    draft.value = ''
    caret.value = 0
    if (parsed.jobId) open(parsed.jobId)
    else if (partsOf(parsed.filter).length > 0) change(merge(filter(), parsed.filter))
    return true
  }

  function take(suggestion: Suggestion) {
    const next = completed(draft.value, completion.value, suggestion)
    draft.value = next.text
    caret.value = next.caret
  }

  /** Turn a part of the filter back into text, to change it. */
  function edit(index: number) {
    const part = partsOf(filter())[index]
    if (!part) return
    draft.value = `${draft.value.trimEnd()} ${printPart(part)}`.trimStart()
    caret.value = draft.value.length
    change(withoutPart(filter(), part))
  }

  return { draft, caret, problems, suggestions, commit, take, edit }
}
