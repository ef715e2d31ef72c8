import { computed, readonly, ref } from 'vue'

/**
 * How this tab hears of changes. `live`: by the stream. `polling`: the stream does not come, so queries ask every few
 * seconds. `offline`: the API cannot be reached. `paused`: a person wants quiet. `hidden`: nobody looks at the tab.
 * `denied`: the key may not read.
 */
export type Connection = 'connecting' | 'live' | 'polling' | 'offline' | 'paused' | 'hidden' | 'denied'

const POLL_MILLISECONDS = 5_000

const state = ref<Connection>('connecting')
const since = ref(Date.now())

export const connection = readonly(state)
/** Since when, in milliseconds since 1970. */
export const connectedSince = readonly(since)
export const isOffline = computed(() => state.value === 'offline')

export function setConnection(next: Connection) {
  if (next === state.value) return
  state.value = next
  since.value = Date.now()
}

/** For `refetchInterval` of queries whose changes the stream tells. */
export const pollInterval = () =>
  state.value === 'polling' || state.value === 'offline' ? POLL_MILLISECONDS : false

/** For what the stream does not tell: every few seconds unless somebody wants quiet, or the key may not read. */
export const steadyInterval = (milliseconds: number) => () =>
  ['paused', 'hidden', 'denied'].includes(state.value) ? false : milliseconds
