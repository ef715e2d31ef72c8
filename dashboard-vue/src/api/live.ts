import type { QueryClient } from '@tanstack/vue-query'
import { watch } from 'vue'
import { connection } from './connection'
import { stream } from './stream'

/** Queries that a topic says are out of date, by the first word of their keys. */
const TOLD_BY: Record<string, string[]> = {
  queue: ['queues', 'limits', 'explanation'],
  worker: ['workers', 'explanation'],
  bulk: ['bulk'],
  schedule: ['schedules', 'schedulers'],
}
/** However often it is told, what is on screen is asked for no more often than this. */
const SHORTEST_MILLISECONDS = 1_000

/** Keep the query cache as the stream tells. Once, when the app begins. */
export function keepFresh(queries: QueryClient) {
  stream.listen('stats', (overview) => queries.setQueryData(['overview'], overview))
  for (const [topic, names] of Object.entries(TOLD_BY)) {
    const refresh = atMostEvery(SHORTEST_MILLISECONDS, () =>
      names.forEach((name) => void invalidate(queries, name)),
    )
    stream.listen(topic, refresh)
  }
  stream.listen('resync', () => void queries.invalidateQueries())
  watch(connection, (now, before) => {
    if (now === 'live' && before !== 'connecting') void queries.invalidateQueries()
  })
}

/**
 * An answer that is on its way is let come, else what is slower than its news would never be shown; but it may be of
 * before the news, and so another is asked for after it.
 */
async function invalidate(queries: QueryClient, name: string) {
  const again = () =>
    queries.invalidateQueries({ queryKey: [name], refetchType: 'active' }, { cancelRefetch: false })
  const wasAsking = queries.isFetching({ queryKey: [name] }) > 0
  await again()
  if (wasAsking) await again()
}

/** Run at once, and then at most once in so many milliseconds; the last call is never lost. */
export function atMostEvery(milliseconds: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isWanted = false
  const turn = () => {
    timer = undefined
    if (!isWanted) return
    isWanted = false
    run()
    timer = setTimeout(turn, milliseconds)
  }
  return () => {
    isWanted = true
    if (timer === undefined) turn()
  }
}
