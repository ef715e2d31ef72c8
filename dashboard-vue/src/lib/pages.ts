import type { IconName } from './icons'

export interface PageLink {
  path: string
  label: string
  icon: IconName
  chord: string
}

/** The pages of the rail, in its order. */
export const PAGES: readonly PageLink[] = [
  { path: '/', label: 'Overview', icon: 'overview', chord: 'g o' },
  { path: '/jobs', label: 'Jobs', icon: 'jobs', chord: 'g j' },
  { path: '/failures', label: 'Failures', icon: 'failures', chord: 'g f' },
  { path: '/queues', label: 'Queues', icon: 'queues', chord: 'g q' },
  { path: '/workers', label: 'Workers', icon: 'workers', chord: 'g w' },
  { path: '/schedules', label: 'Schedules', icon: 'schedules', chord: 'g s' },
  { path: '/submit', label: 'Submit', icon: 'submit', chord: 'c' },
]

/** Whether the page, or one below it, is shown at this path. */
export const isAt = (page: PageLink, path: string) =>
  page.path === '/' ? path === '/' : path === page.path || path.startsWith(`${page.path}/`)
