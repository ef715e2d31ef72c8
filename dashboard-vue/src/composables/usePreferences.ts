import { useLocalStorage } from '@vueuse/core'

export interface Preferences {
  /** auto: as the system says. */
  theme: 'auto' | 'light' | 'dark'
  density: 'normal' | 'compact'
  isUtc: boolean
}

const DEFAULTS: Preferences = { theme: 'auto', density: 'normal', isUtc: false }

const preferences = useLocalStorage<Preferences>('goqueue.preferences', DEFAULTS, { mergeDefaults: true })

/** How this browser's owner wants to see things: for all tabs, and kept. */
export const usePreferences = () => preferences
