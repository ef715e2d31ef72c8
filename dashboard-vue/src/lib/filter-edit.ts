/** One step of changing a filter by hand. */
import { partsOf, keyOf } from '@/lib/filter-parts'
import { type JobFilter, queryFromFilter } from '@/lib/job-filter'
import type { JobStatus } from '@/lib/status'

const toggled = <T>(values: readonly T[], value: T) =>
  values.includes(value) ? values.filter((other) => other !== value) : [...values, value]

/** A status that was not wanted is wanted then. */
export const toggleStatus = (filter: JobFilter, status: JobStatus): JobFilter => ({
  ...filter,
  status: toggled(filter.status, status),
  not: { ...filter.not, status: filter.not.status.filter((other) => other !== status) },
})

/** Names of fields of which the API said that the search by them took too long. */
const DEAR = /search by (\w+) took longer/

/** The keys of the chips that made a search too slow, as the API says it in its sentence. */
export function dearKeys(filter: JobFilter, sentence: string): string[] {
  const dear = DEAR.exec(sentence)?.[1]
  if (dear === undefined) return []
  return partsOf(filter)
    .map(keyOf)
    .filter((key) => key.replace(/^-/, '').split('.')[0] === dear)
}

/** Whether both let the same jobs through, said in the same words. */
export const isSameFilter = (one: JobFilter, two: JobFilter) => asText(one) === asText(two)

const asText = (filter: JobFilter) =>
  JSON.stringify(Object.entries(queryFromFilter(filter)).sort(([one], [two]) => (one < two ? -1 : 1)))
