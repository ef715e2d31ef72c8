import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './App.vue'
import { keepFresh } from './api/live'
import { createQueries } from './api/queries'
import { stream } from './api/stream'
import { router } from './router'
import './styles.css'

const queries = createQueries()
keepFresh(queries)
stream.start()
createApp(App).use(router).use(VueQueryPlugin, { queryClient: queries }).mount('#app')
