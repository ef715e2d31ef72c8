import { toValue, watchEffect, type MaybeRefOrGetter } from 'vue'

/** The tab's title while the page is shown; it carries the state: `12.4K failed`. */
export function usePageTitle(title: MaybeRefOrGetter<string>) {
  watchEffect(() => {
    document.title = `${toValue(title)} · GoQueue`
  })
}
