import type { components } from '@/api/schema'
import type { IconName } from './icons'
import type { JobStatus } from './status'

type Worker = components['schemas']['Worker']
export type WorkerState = Worker['state']

/** How a worker's state is shown; colour only repeats the word. */
export const WORKER_STATES: Record<
  WorkerState,
  { label: string; icon: IconName; tone: JobStatus; hint: string }
> = {
  alive: { label: 'Alive', icon: 'check', tone: 'completed', hint: 'It claims jobs.' },
  draining: {
    label: 'Draining',
    icon: 'down',
    tone: 'retrying',
    hint: 'It claims nothing more and finishes what it runs.',
  },
  drained: {
    label: 'Drained',
    icon: 'pause',
    tone: 'queued',
    hint: 'It was told to drain and runs nothing any more.',
  },
  lost: {
    label: 'Lost',
    icon: 'failures',
    tone: 'failed',
    hint: 'Its heartbeat is older than its lease: its jobs are taken back.',
  },
  stopped: { label: 'Stopped', icon: 'close', tone: 'cancelled', hint: 'It ended in order.' },
}

export const isPresent = ({ state }: Pick<Worker, 'state'>) => state !== 'lost' && state !== 'stopped'

/** By host and process, so that a row keeps its place while it lives; those that ended come last, the latest first. */
export const sortWorkers = <W extends Pick<Worker, 'state' | 'host' | 'pid' | 'id' | 'ended_at'>>(
  workers: readonly W[],
): W[] =>
  [...workers].sort((a, b) => {
    const [isOver, isOtherOver] = [a.state === 'stopped', b.state === 'stopped']
    if (isOver !== isOtherOver) return isOver ? 1 : -1
    if (isOver && a.ended_at !== b.ended_at) return (b.ended_at ?? '') < (a.ended_at ?? '') ? -1 : 1
    return byNumber(a.host, b.host) || a.pid - b.pid || (a.id < b.id ? -1 : 1)
  })

const names = new Intl.Collator('en', { numeric: true })
const byNumber = (one: string, other: string) => names.compare(one, other)

/** Jobs are claimed ahead of slots, and count as running: those beyond wait here for one. */
export const busySlots = (worker: Pick<Worker, 'slots' | 'running_count'>) =>
  Math.min(worker.running_count, worker.slots)

/** Slots that all of them have and that are busy; lost and stopped ones count for neither. */
export function totalsOf(workers: readonly Pick<Worker, 'state' | 'slots' | 'running_count'>[]) {
  const present = workers.filter(isPresent)
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const inState = (state: WorkerState) => workers.filter((worker) => worker.state === state).length
  return {
    alive: inState('alive'),
    leaving: inState('draining') + inState('drained'),
    lost: inState('lost'),
    busy: sum(present.map(busySlots)),
    // One that drains has no slot but those that are busy still.
    slots: sum(present.map((worker) => (worker.state === 'alive' ? worker.slots : busySlots(worker)))),
  }
}

/** Those that ended not longer than this many seconds ago. now: milliseconds since 1970. */
export const endedWithin = <W extends Pick<Worker, 'ended_at'>>(
  workers: readonly W[],
  seconds: number,
  now: number,
) => workers.filter(({ ended_at }) => ended_at !== null && now - Date.parse(ended_at) <= seconds * 1000)
