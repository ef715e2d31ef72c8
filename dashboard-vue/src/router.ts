import { createRouter, createWebHistory } from 'vue-router'

/** A page of one thing begins anew for another: what is shown is never of the one before. */
const ONE = { isOfOne: true }

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: () => import('./pages/OverviewPage.vue') },
    { path: '/jobs', component: () => import('./pages/JobsPage.vue') },
    { path: '/jobs/:id', component: () => import('./pages/JobPage.vue'), props: true },
    { path: '/failures/:fingerprint?', component: () => import('./pages/FailuresPage.vue'), props: true },
    { path: '/queues', component: () => import('./pages/QueuesPage.vue') },
    { path: '/queues/:name', component: () => import('./pages/QueuePage.vue'), props: true, meta: ONE },
    { path: '/workers', component: () => import('./pages/WorkersPage.vue') },
    { path: '/schedules', component: () => import('./pages/SchedulesPage.vue') },
    { path: '/schedules/:name', component: () => import('./pages/SchedulePage.vue'), props: true, meta: ONE },
    { path: '/submit', component: () => import('./pages/SubmitPage.vue') },
    { path: '/:path(.*)', component: () => import('./pages/NotFoundPage.vue') },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
})
