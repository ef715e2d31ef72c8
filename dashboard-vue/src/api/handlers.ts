import { useQuery } from '@tanstack/vue-query'
import { readJson, type JsonObject } from '@/lib/lossless'
import { api, call } from './client'
import { steadyInterval } from './connection'
import type { components } from './schema'

type Stored = components['schemas']['Handler']
/** `schema` is as lossless-json reads it: its bounds and defaults are as they were written. */
export type HandlerVersion = Omit<Stored['versions'][number], 'schema'> & { schema: JsonObject | null }
export type Handler = Omit<Stored, 'versions'> & { versions: HandlerVersion[] }

const FRESH_MILLISECONDS = 10_000

async function getHandlers(signal: AbortSignal): Promise<Handler[]> {
  const text = await call(api.GET('/handlers', { signal, parseAs: 'text' }))
  const plain = JSON.parse(text) as components['schemas']['HandlerList']
  const exact = readJson(text) as unknown as { items: Handler[] }
  return plain.items.map((handler, at) => ({
    ...handler,
    versions: handler.versions.map((version, place) => ({
      ...version,
      schema: exact.items[at]?.versions[place]?.schema ?? null,
    })),
  }))
}

/** The types that workers have announced, also those of which no worker lives. */
export const useHandlers = () =>
  useQuery({
    queryKey: ['handlers'],
    queryFn: ({ signal }) => getHandlers(signal),
    refetchInterval: steadyInterval(FRESH_MILLISECONDS),
    // A form must not begin anew because somebody looked again.
    structuralSharing: true,
  })
