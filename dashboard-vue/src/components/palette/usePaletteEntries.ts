import { refDebounced } from '@vueuse/core'
import { computed, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import { apiKey } from '@/api/key'
import { useNames } from '@/api/names'
import { useSignOut } from '@/api/session'
import { useLivePause } from '@/composables/useLivePause'
import { usePreferences } from '@/composables/usePreferences'
import { useTheme } from '@/composables/useTheme'
import { PAGES } from '@/lib/pages'
import { typedJobId, type PaletteEntry } from '@/lib/palette'

const TYPING_MILLISECONDS = 120

/** What can be chosen: `entries` are to be matched with the text, `typed` are what the text itself names. */
export function usePaletteEntries(text: Ref<string>) {
  const router = useRouter()
  const go = (path: string) => () => void router.push(path)
  const doings = useDoings()
  const prefix = refDebounced(
    computed(() => text.value.trim()),
    TYPING_MILLISECONDS,
  )
  const { data: queues } = useNames('queue', prefix)
  const { data: schedules } = useNames('schedule', prefix)

  const pages = PAGES.map(({ path, label, chord }): PaletteEntry => ({
    id: path,
    group: 'Go to',
    label,
    chord,
    run: go(path),
  }))
  const named = (names: string[] | undefined, group: 'Queues' | 'Schedules', root: string) =>
    (names ?? []).map((name): PaletteEntry => {
      const path = `${root}/${encodeURIComponent(name)}`
      return { id: path, group, label: name, run: go(path) }
    })

  const entries = computed(() => [
    ...pages,
    ...doings.value,
    ...named(queues.value, 'Queues', '/queues'),
    ...named(schedules.value, 'Schedules', '/schedules'),
  ])
  const typed = computed((): PaletteEntry[] => {
    const id = typedJobId(text.value)
    return id ? [{ id, group: 'Go to', label: `Job ${id}`, run: go(`/jobs/${id}`) }] : []
  })
  return { entries, typed }
}

function useDoings() {
  const preferences = usePreferences()
  const { toggleTheme } = useTheme()
  const { isPaused, togglePause } = useLivePause()
  const signOut = useSignOut()

  return computed((): PaletteEntry[] => {
    const { density, isUtc } = preferences.value
    const other = density === 'compact' ? 'normal' : 'compact'
    const all: (Omit<PaletteEntry, 'group'> & { isOffered?: boolean })[] = [
      {
        id: 'pause',
        label: isPaused.value ? 'Resume live updates' : 'Pause live updates',
        chord: 'p',
        run: togglePause,
      },
      { id: 'theme', label: 'Turn light or dark', chord: 't', run: toggleTheme },
      {
        id: 'system-theme',
        label: 'Theme as the system says',
        run: () => (preferences.value.theme = 'auto'),
      },
      {
        id: 'utc',
        label: isUtc ? 'Show local times' : 'Show times in UTC',
        chord: 'u',
        run: () => (preferences.value.isUtc = !isUtc),
      },
      {
        id: 'density',
        label: other === 'compact' ? 'Show compact rows' : 'Show normal rows',
        run: () => (preferences.value.density = other),
      },
      {
        id: 'docs',
        label: 'Open the API documentation',
        run: () => window.open('/api/docs', '_blank', 'noopener'),
      },
      { id: 'sign-out', label: 'Sign out', run: () => void signOut(), isOffered: apiKey.value !== null },
    ]
    return all
      .filter(({ isOffered }) => isOffered !== false)
      .map(({ id, label, chord, run }) => ({ id, group: 'Do', label, chord, run }))
  })
}
