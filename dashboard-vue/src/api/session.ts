import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { api, call } from './client'
import { isOffline } from './connection'
import { apiKey, keepKey } from './key'
import type { components } from './schema'

export type Me = components['schemas']['Me']
export type Scope = Me['scopes'][number]

const getMe = () => call(api.GET('/me'))

/** Who calls, and what the key allows. */
export const useMe = () =>
  useQuery({ queryKey: ['me', apiKey], queryFn: getMe, staleTime: 60_000, placeholderData: undefined })

/**
 * Why the caller may not do what asks for this scope now; undefined: go on. For `why` of a button, which then stays
 * visible, does nothing and says this.
 */
export function useWhyNot(scope: Scope): ComputedRef<string | undefined> {
  const { data: me } = useMe()
  return computed(() => {
    if (isOffline.value) return 'The API cannot be reached.'
    if (!me.value || me.value.scopes.includes(scope)) return undefined
    return `The key “${me.value.name}” has no scope ${scope}.`
  })
}

/** Try a key, and keep it when the API takes it. Throws Problem. */
export function useSignIn() {
  const queries = useQueryClient()
  return async (key: string): Promise<Me> => {
    const me = await call(api.GET('/me', { headers: { Authorization: `Bearer ${key}` } }))
    keepKey(key)
    await queries.resetQueries()
    return me
  }
}

export function useSignOut() {
  const queries = useQueryClient()
  return () => {
    keepKey(null)
    return queries.resetQueries()
  }
}
