import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { type JobFilter, filterFromQuery, queryFromFilter } from '@/lib/job-filter'

/** Members of the query that belong to one list of jobs and mean nothing for another. */
const OF_ONE_LIST = ['cursor', 'page']

/** The filter of this page. The URL is the only place it is kept in, so that back, reload and a sent link work. */
export function useJobFilter() {
  const route = useRoute()
  const router = useRouter()

  const filter = computed(() => filterFromQuery(route.query))

  /** Each change is a step of the history. */
  async function setFilter(next: JobFilter) {
    const own = Object.keys(queryFromFilter(filter.value))
    const others = Object.entries(route.query).filter(
      ([name]) => !own.includes(name) && !OF_ONE_LIST.includes(name),
    )
    await router.push({
      query: { ...Object.fromEntries(others), ...queryFromFilter(next) },
      hash: route.hash,
    })
  }

  return { filter, setFilter }
}
