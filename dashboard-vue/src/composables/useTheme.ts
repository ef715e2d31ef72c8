import { usePreferredDark } from '@vueuse/core'
import { computed, watchEffect } from 'vue'
import { usePreferences } from './usePreferences'

const preferences = usePreferences()
const isSystemDark = usePreferredDark()

const theme = computed(() =>
  preferences.value.theme === 'auto' ? (isSystemDark.value ? 'dark' : 'light') : preferences.value.theme,
)

watchEffect(() => {
  document.documentElement.dataset.theme = theme.value
  document.documentElement.dataset.density = preferences.value.density
})

/** The theme that is shown, and how to turn it. A canvas must be drawn again when it changes. */
export const useTheme = () => ({
  theme,
  toggleTheme: () => (preferences.value.theme = theme.value === 'dark' ? 'light' : 'dark'),
})
