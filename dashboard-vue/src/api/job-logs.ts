import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { readJson, type JsonObject } from '@/lib/lossless'
import { api, call } from './client'
import { connection } from './connection'
import type { components } from './schema'

/** `fields` are as lossless-json reads them: a number is as the handler wrote it. */
export type LogLine = Omit<components['schemas']['LogLine'], 'fields'> & { fields: JsonObject }
export type LogLevel = LogLine['level']

export interface LogQuestion {
  id: string
  level?: LogLevel
  attempt?: number
  /** Milliseconds between two looks for new lines; false: none will come. */
  every: number | false
}

interface Lines {
  lines: LogLine[]
  after: number
  isComplete: boolean
}

const NOTHING: Lines = { lines: [], after: 0, isComplete: false }
const PAGE_SIZE = 1_000
/** Older lines of a chatty job are in the API. */
export const MOST_LINES = 10_000

/**
 * What a job's handler has said, and goes on saying. It is asked from where the last answer ended: a stream of its
 * own would be the second of this tab, and HTTP/1.1 has six connections for all tabs.
 */
export function useJobLogs(question: MaybeRefOrGetter<LogQuestion>) {
  const queries = useQueryClient()
  const key = computed(() => {
    const { id, level, attempt } = toValue(question)
    return ['job-logs', id, level, attempt]
  })
  return useQuery({
    queryKey: key,
    queryFn: ({ signal, queryKey }) => {
      const show = (lines: Lines) => void queries.setQueryData(queryKey, lines)
      return readOn(queries.getQueryData<Lines>(queryKey) ?? NOTHING, toValue(question), signal, show)
    },
    refetchInterval: ({ state }) =>
      state.data?.isComplete || connection.value === 'paused' ? false : toValue(question).every,
    structuralSharing: false,
    placeholderData: undefined,
  })
}

async function readOn(
  known: Lines,
  { id, level, attempt }: LogQuestion,
  signal: AbortSignal,
  show: (lines: Lines) => void,
): Promise<Lines> {
  let { lines, after } = known
  for (;;) {
    const query = { after, level, attempt, limit: PAGE_SIZE }
    const text = await call(
      api.GET('/jobs/{job_id}/logs', { params: { path: { job_id: id }, query }, signal, parseAs: 'text' }),
    )
    const page = JSON.parse(text) as components['schemas']['LogPage']
    if (page.items.length > 0) lines = [...lines, ...linesOf(page.items, text)].slice(-MOST_LINES)
    after = page.next_after
    if (page.items.length < PAGE_SIZE) return { lines, after, isComplete: page.complete }
    // Something to read while the rest of much is on its way; each page would have it all drawn again.
    if (lines.length <= PAGE_SIZE) show({ lines, after, isComplete: false })
  }
}

function linesOf(items: readonly components['schemas']['LogLine'][], text: string): LogLine[] {
  const exact = readJson(text) as unknown as { items: Pick<LogLine, 'fields'>[] }
  return items.map((line, at) => ({ ...line, fields: exact.items[at]?.fields ?? {} }))
}
