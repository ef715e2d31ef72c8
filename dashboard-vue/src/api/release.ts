import { computed, ref } from 'vue'
import { setConnection } from './connection'

const versions = ref<string[]>([])

/** Whether the API has told another version than when this page was loaded: the page is of the release before. */
export const isOutdated = computed(() => versions.value.length > 1)

export function noteVersion(version: string) {
  if (!versions.value.includes(version)) versions.value = [...versions.value, version]
}

const PLACE = 'goqueue.opened-anew'
const AGAIN_MILLISECONDS = 30_000
let wanted: string | null = null

/**
 * Load the page anew, at this path: a part of it could not be had, as it is after a deploy has taken it away. Not while
 * the server is away, which would take also what is shown; and not again and again. Of several that miss a part at once,
 * the last says the path: the router, after Vite.
 */
export async function openAnew(path: string) {
  const isAsking = wanted !== null
  wanted = path
  if (isAsking) return
  const isThere = await fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
  const target = wanted
  wanted = null
  if (!isThere) return setConnection('offline')
  const last = Number(sessionStorage.getItem(PLACE) ?? 0)
  if (Date.now() - last < AGAIN_MILLISECONDS) return
  sessionStorage.setItem(PLACE, String(Date.now()))
  location.assign(target)
}
