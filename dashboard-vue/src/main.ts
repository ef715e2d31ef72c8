import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './App.vue'
import { keepFresh } from './api/live'
import { createQueries } from './api/queries'
import { openAnew } from './api/release'
import { stream } from './api/stream'
import { router } from './router'
import './styles.css'

const queries = createQueries()
keepFresh(queries)
stream.start()
// Dialogs and charts, which no route loads.
addEventListener(
  'vite:preloadError',
  () => void openAnew(location.pathname + location.search + location.hash),
)
router.onError((_error, to) => void openAnew(to.fullPath))
createApp(App).use(router).use(VueQueryPlugin, { queryClient: queries }).mount('#app')
