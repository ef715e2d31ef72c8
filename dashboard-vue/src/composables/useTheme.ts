import { useMediaQuery, usePreferredDark } from '@vueuse/core'
import { computed, watchEffect } from 'vue'
import { usePreferences } from './usePreferences'

const preferences = usePreferences()
const isSystemDark = usePreferredDark()
/** The system paints the ground then, so that only its own theme can be read on it. */
const areColorsForced = useMediaQuery('(forced-colors: active)')

const theme = computed(() => {
  const { theme: wanted } = preferences.value
  if (wanted !== 'auto' && !areColorsForced.value) return wanted
  return isSystemDark.value ? 'dark' : 'light'
})

watchEffect(() => {
  document.documentElement.dataset.theme = theme.value
  document.documentElement.dataset.density = preferences.value.density
})

/** The theme that is shown, and how to turn it. A canvas must be drawn again when it changes. */
export const useTheme = () => ({
  theme,
  toggleTheme: () => (preferences.value.theme = theme.value === 'dark' ? 'light' : 'dark'),
})
