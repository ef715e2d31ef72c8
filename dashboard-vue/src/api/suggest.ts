import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import type { SuggestedField } from '@/lib/filter-completion'
import { api, call } from './client'

const MOST_VALUES = 50
const FRESH_MILLISECONDS = 15_000

export interface SuggestionRequest {
  field: SuggestedField
  prefix: string
}

/** Values of a filter that begin so, with how many jobs have each. null: nothing is wanted. */
export const useSuggestions = (request: Ref<SuggestionRequest | null>) =>
  useQuery({
    queryKey: ['suggest', request],
    queryFn: ({ signal }) => {
      const { field, prefix } = request.value ?? { field: 'status', prefix: '' }
      const query = { field, prefix: prefix.slice(0, 200), limit: MOST_VALUES }
      return call(api.GET('/jobs/suggest', { params: { query }, signal }))
    },
    enabled: computed(() => request.value !== null),
    staleTime: FRESH_MILLISECONDS,
    select: ({ items }) => items,
  })
