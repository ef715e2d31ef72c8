import { QueryCache, QueryClient, keepPreviousData } from '@tanstack/vue-query'
import { isProblem } from './client'
import { connection, setConnection } from './connection'

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
        if (isProblem(error) && error.isUnreachable) setConnection('offline')
      },
      onSuccess: () => {
        // The stream comes back by itself, later than the first answer.
        if (connection.value === 'offline') setConnection('polling')
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
