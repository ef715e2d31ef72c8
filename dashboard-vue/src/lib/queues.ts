import { NONE, formatCount, formatDuration } from './format'

export interface QueueFacts {
  name: string
  queued: number
  processing: number
  paused: boolean
  oldest_seconds: number | null
  seconds_to_drain: number | null
}

export type QueueOrder = 'trouble' | 'name'

/** A queue that got its jobs a moment ago has not shown yet how fast it is. */
const SURELY_BEHIND_SECONDS = 60
/** Ages are compared by these, so that rows do not change places each second. */
const AGE_STEPS = [10, 60, 300, 3_600, 86_400]

const ageStep = (seconds: number | null) => AGE_STEPS.filter((step) => (seconds ?? 0) >= step).length

/** Whether jobs wait, and at the present pace always will. */
export const neverDrains = (queue: QueueFacts) =>
  queue.queued > 0 && queue.seconds_to_drain === null && (queue.oldest_seconds ?? 0) >= SURELY_BEHIND_SECONDS

const weights = (queue: QueueFacts) => [
  queue.paused && queue.queued > 0 ? 1 : 0,
  ageStep(queue.oldest_seconds),
  neverDrains(queue) ? 1 : 0,
  queue.paused ? 1 : 0,
]

const names = new Intl.Collator('en', { numeric: true })

function byTrouble(a: QueueFacts, b: QueueFacts): number {
  const other = weights(b)
  const difference = weights(a)
    .map((weight, index) => (other[index] ?? 0) - weight)
    .find((value) => value !== 0)
  return difference ?? names.compare(a.name, b.name)
}

/** trouble: paused with jobs that wait, then the longest waits, then those that never drain; else by name. */
export const sortQueues = <Q extends QueueFacts>(queues: readonly Q[], order: QueueOrder): Q[] =>
  [...queues].sort(order === 'name' ? (a, b) => names.compare(a.name, b.name) : byTrouble)

/** `2m 05s`, `never`, or a dash where nothing waits. */
export function drainTime(queue: QueueFacts): string {
  if (queue.queued === 0) return NONE
  if (queue.seconds_to_drain !== null) return formatDuration(queue.seconds_to_drain)
  return queue.paused || neverDrains(queue) ? 'never' : 'not known yet'
}

/** `3`, or with a limit `3 of 5`. */
export const runningOf = ({ processing, limit }: { processing: number; limit: number | null }) =>
  limit === null ? formatCount(processing) : `${formatCount(processing)} of ${formatCount(limit)}`

/** What is typed as a limit, or why it is none. */
export function readLimit(text: string): { limit: number } | { problem: string } {
  const limit = Number(text.trim())
  if (!/^\s*\d+\s*$/.test(text) || limit < 1 || limit > GREATEST_LIMIT) {
    return { problem: `A limit is a whole number from 1 to ${GREATEST_LIMIT.toLocaleString('en')}.` }
  }
  return { limit }
}

const GREATEST_LIMIT = 1_000_000

const jobsPath = (parameters: Record<string, string>) => `/jobs?${new URLSearchParams(parameters)}`

/** Where the jobs of a queue are listed. */
export const jobsOfQueue = (queue: string, status: string) => jobsPath({ queue, status })
export const queuePath = (name: string) => `/queues/${encodeURIComponent(name)}`

/** By name the completed and the failed of each step together. */
export const endedByGroup = (
  groups: Record<string, Record<string, (number | null)[]>>,
): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(groups).map(([name, { completed = [], failed = [] }]) => [
      name,
      completed.map((count, index) => (count ?? 0) + (failed[index] ?? 0)),
    ]),
  )
