import type { Connection } from '@/api/connection'
import type { JobStatus } from './status'

/** How the state of the connection is shown. */
export const CONNECTIONS: Record<Connection, { label: string; hint: string; tone: JobStatus }> = {
  connecting: { label: 'Connecting', hint: 'Live updates begin in a moment.', tone: 'queued' },
  live: { label: 'Live', hint: 'Changes are shown as they happen. Pause them.', tone: 'completed' },
  polling: { label: 'Every 5 s', hint: 'The live stream does not come: asking every 5 s.', tone: 'retrying' },
  offline: { label: 'Offline', hint: 'The API cannot be reached: trying again.', tone: 'failed' },
  paused: { label: 'Paused', hint: 'Nothing changes by itself. Resume.', tone: 'scheduled' },
  hidden: { label: 'Waiting', hint: 'Updates rest while the tab is hidden.', tone: 'queued' },
  denied: { label: 'No access', hint: 'This key may not read.', tone: 'cancelled' },
}
