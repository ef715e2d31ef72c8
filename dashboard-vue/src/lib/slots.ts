interface Held {
  job_id: string
}

/** One slot of a worker: idle, or busy with a job, which is null when only the count of it is known. */
export interface Slot<Job extends Held> {
  isBusy: boolean
  job: Job | null
}

/**
 * The slots of a worker with what runs in them now. A job stays in the slot it was in before; new ones take the first
 * that are free. `count` is how many run, of which `running` may leave out some.
 */
export function placeJobs<Job extends Held>(
  before: readonly Slot<Job>[],
  running: readonly Job[],
  size: number,
  count: number = running.length,
): Slot<Job>[] {
  const waiting = new Map(running.map((job) => [job.job_id, job]))
  const slots: Slot<Job>[] = before.map(({ job }) => take(waiting, job))
  while (slots.length < Math.max(size, count)) slots.push(IDLE)
  const newcomers = [...waiting.values()]
  let unnamed = count - running.length
  return withoutEnd(
    slots.map((slot) => {
      if (slot.isBusy) return slot
      const job = newcomers.shift()
      if (job) return { isBusy: true, job }
      return unnamed-- > 0 ? { isBusy: true, job: null } : slot
    }),
    size,
  )
}

const IDLE = { isBusy: false, job: null }

function take<Job extends Held>(waiting: Map<string, Job>, held: Job | null): Slot<Job> {
  const job = held ? waiting.get(held.job_id) : undefined
  if (!job) return IDLE
  waiting.delete(job.job_id)
  return { isBusy: true, job }
}

/** A worker that runs more than it has slots for shrinks again as they become free. */
function withoutEnd<Job extends Held>(slots: Slot<Job>[], size: number): Slot<Job>[] {
  let length = slots.length
  while (length > size && !slots[length - 1]?.isBusy) length -= 1
  return slots.slice(0, length)
}

/** `[type, count]` of what runs, the most first. */
export function countTypes(running: readonly { type: string }[]): [type: string, count: number][] {
  const counts = new Map<string, number>()
  for (const { type } of running) counts.set(type, (counts.get(type) ?? 0) + 1)
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}
