/** What may stand before a colon in the filter box, and how each is read. */
import type { ListField, NumberField, TimeField } from '@/lib/job-filter'

export type Field =
  | { kind: 'list'; field: ListField }
  | { kind: 'end'; field: TimeField; end: 'from' | 'to' }
  | { kind: 'time'; field: TimeField }
  | { kind: 'number'; field: NumberField }

interface Entry {
  key: string
  /** For those who look what there is. */
  about: string
  field: Field
}

const list = (field: ListField, about: string): Entry => ({
  key: field,
  about,
  field: { kind: 'list', field },
})
const end = (key: string, field: TimeField, which: 'from' | 'to', about: string): Entry => ({
  key,
  about,
  field: { kind: 'end', field, end: which },
})

/** In the order they are offered. */
export const FIELDS: readonly Entry[] = [
  list('status', 'failed,retrying'),
  list('queue', 'emails, or mail*'),
  list('type', 'email.send, or email.*'),
  list('tag', 'one of its tags'),
  list('error', 'a part of the last error'),
  end('after', 'created', 'from', 'created after: 2h, 2026-03-02'),
  end('before', 'created', 'to', 'created before: 2h, 2026-03-02'),
  { key: 'finished', about: '1h, 2h..1h, 2026-03-02', field: { kind: 'time', field: 'finished' } },
  { key: 'took', about: '>30s, 1s..5s', field: { kind: 'number', field: 'duration' } },
  { key: 'attempt', about: '>=3', field: { kind: 'number', field: 'attempts' } },
  list('schedule', 'the schedule that submitted it'),
  list('worker', 'who runs it, or ended it'),
  list('fingerprint', 'a group of failures'),
  { key: 'created', about: '1h, 2h..1h, 2026-03-02', field: { kind: 'time', field: 'created' } },
  { key: 'run_at', about: 'due: 1h, 1h..+1h', field: { kind: 'time', field: 'run_at' } },
  end('finished_after', 'finished', 'from', '2h, 2026-03-02T09:30'),
  end('finished_before', 'finished', 'to', '2h, 2026-03-02T09:30'),
  end('run_at_after', 'run_at', 'from', 'due after: 2h, +10m'),
  end('run_at_before', 'run_at', 'to', 'due before: +10m'),
]

const OTHER_NAMES: Record<string, string> = {
  created_after: 'after',
  created_before: 'before',
  attempts: 'attempt',
  duration: 'took',
}

export const PAYLOAD = 'payload.'

export const fieldOf = (key: string): Field | undefined =>
  FIELDS.find((entry) => entry.key === (OTHER_NAMES[key] ?? key))?.field

/** The key that was most likely meant; null: none is near. */
export function nearestKey(key: string): string | null {
  const keys = [...FIELDS.map((entry) => entry.key), ...Object.keys(OTHER_NAMES)]
  const near = keys
    .map((other) => ({ other, far: distance(key.toLowerCase(), other) }))
    .filter(({ far, other }) => far <= Math.max(1, Math.floor(other.length / 3)))
    .sort((one, two) => one.far - two.far)
  return near[0]?.other ?? null
}

/** How many letters to change, add or leave out. */
function distance(one: string, two: string): number {
  let row = Array.from({ length: two.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= two.length; j += 1) {
      const change = row[j - 1]! + (one[i - 1] === two[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[two.length]!
}
