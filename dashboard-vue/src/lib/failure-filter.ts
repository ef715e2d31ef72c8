import type { Query } from './job-filter'

export const FAILURE_WINDOWS = [
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
] as const

export const FAILURE_SORTS = [
  { value: '-last_seen', label: 'Last seen first' },
  { value: '-count', label: 'Most often first' },
  { value: '-first_seen', label: 'Newest problem first' },
] as const

type Window = (typeof FAILURE_WINDOWS)[number]['value']
type Sort = (typeof FAILURE_SORTS)[number]['value']

/** As `GET /failures` takes it. */
export interface FailureFilter {
  since: Window
  sort: Sort
  queue?: string[]
  type?: string[]
  q?: string
}

const DEFAULT_WINDOW: Window = '24h'
const DEFAULT_SORT: Sort = '-last_seen'

const texts = (value: Query[string]) =>
  [value ?? []].flat().filter((text): text is string => text !== null && text !== '')

const oneOf = <T extends string>(options: readonly { value: T }[], value: Query[string], otherwise: T) =>
  options.find((option) => option.value === texts(value)[0])?.value ?? otherwise

/** What the URL asks for; what it cannot ask for is as by default. */
export function failureFilterFrom(query: Query): FailureFilter {
  const [queue, type, q] = [texts(query.queue), texts(query.type), texts(query.q).join(' ')]
  return {
    since: oneOf(FAILURE_WINDOWS, query.since, DEFAULT_WINDOW),
    sort: oneOf(FAILURE_SORTS, query.sort, DEFAULT_SORT),
    ...(queue.length > 0 && { queue }),
    ...(type.length > 0 && { type }),
    ...(q !== '' && { q }),
  }
}

/** The URL that asks for it, without what is so by default. */
export const queryFrom = ({ since, sort, queue, type, q }: FailureFilter): Query => ({
  ...(since !== DEFAULT_WINDOW && { since }),
  ...(sort !== DEFAULT_SORT && { sort }),
  ...(queue && { queue }),
  ...(type && { type }),
  ...(q && { q }),
})
