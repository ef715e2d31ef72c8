import createClient from 'openapi-fetch'
import { keyHeaders, refuseKey } from './key'
import { Problem, problemOf, tooSlow, unreachable } from './problem'
import type { paths } from './schema'

export const API_ROOT = '/api'

const TIMEOUT_MILLISECONDS = 30_000

export const api = createClient<paths>({
  baseUrl: API_ROOT,
  fetch: (request) =>
    fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MILLISECONDS)]) }),
  // Lists are repeated, since a comma may be part of a tag; and names are encoded: a path of a payload may have any sign.
  querySerializer: queryText,
})

function queryText(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as const),
  )
  const said = pairs.filter(([, value]) => value !== undefined && value !== null)
  return new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString()
}

api.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(keyHeaders())) {
      // A key that is being tried goes before the one that is kept.
      if (!request.headers.has(name)) request.headers.set(name, value)
    }
  },
  onResponse({ request, response }) {
    // What was asked with another key says nothing of the one that is kept by now.
    const isOfKept = (request.headers.get('Authorization') ?? undefined) === keyHeaders().Authorization
    if (response.status === 401 && isOfKept) refuseKey()
  },
})

interface Answered<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The answer's body. Throws Problem for everything but success; an abort stays an AbortError. */
export async function call<T>(request: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await answer(request)
  if (response.ok) return data as T
  throw problemOf(response, error)
}

async function answer<T>(request: Promise<Answered<T>>): Promise<Answered<T>> {
  try {
    return await request
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    if (error instanceof DOMException && error.name === 'TimeoutError') throw tooSlow()
    throw unreachable()
  }
}

export const isProblem = (error: unknown): error is Problem => error instanceof Problem
