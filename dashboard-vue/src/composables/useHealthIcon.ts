import { watchEffect } from 'vue'
import { useHealth } from './useHealth'

/** The tab's icon: red while something is wrong. */
export function useHealthIcon() {
  const { troubles } = useHealth()
  watchEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
    const wanted = troubles.value.length > 0 ? '/favicon-trouble.svg' : '/favicon.svg'
    if (icon && icon.getAttribute('href') !== wanted) icon.href = wanted
  })
}
