import { readonly, ref } from 'vue'

const PLACE = 'goqueue.key'

const stored = ref(sessionStorage.getItem(PLACE))
const refused = ref(false)

/** The API key of this tab; null: none is sent. It goes with the tab. */
export const apiKey = readonly(stored)

/** Whether the API wants a key, or another one. */
export const isSignedOut = readonly(refused)

export function keepKey(key: string | null) {
  if (key === null) sessionStorage.removeItem(PLACE)
  else sessionStorage.setItem(PLACE, key)
  stored.value = key
  refused.value = false
}

export function refuseKey() {
  refused.value = true
}

export const keyHeaders = (): Record<string, string> =>
  stored.value === null ? {} : { Authorization: `Bearer ${stored.value}` }
