import { QueryCache, QueryClient, keepPreviousData } from '@tanstack/vue-query'
import { isProblem } from './client'
import { connection, setConnection } from './connection'
import { stream } from './stream'

/** Refusals do not change by asking again; what cannot be reached may come back. */
const isWorthAsking = (attempts: number, error: unknown) =>
  attempts < 2 &&
  isProblem(error) &&
  (error.isUnreachable || error.status === 503) &&
  error.code !== 'query_timeout'

export const createQueries = () =>
  new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        // Quiet that a person asked for stays: `offline` would ask every few seconds.
        if (['paused', 'hidden'].includes(connection.value)) return
        if (isProblem(error) && error.isUnreachable) setConnection('offline')
      },
      onSuccess: () => {
        // A stream that was lost comes back by itself, later than the first answer; one that is open greets no more.
        if (connection.value === 'offline') setConnection(stream.isOpen ? 'live' : 'polling')
      },
    }),
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 2_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        placeholderData: keepPreviousData,
        retry: isWorthAsking,
        retryDelay: 500,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
