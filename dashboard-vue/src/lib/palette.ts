/** What the command palette offers, and which of it fits what was typed. */
export interface PaletteEntry {
  id: string
  group: 'Go to' | 'Queues' | 'Schedules' | 'Do'
  label: string
  /** Shown beside it. */
  chord?: string
  run: () => void
}

const JOB_ID = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/

/** A job's id as the API writes it, if that is what was typed. */
export const typedJobId = (text: string): string | undefined =>
  JOB_ID.exec(text.trim().toLowerCase())?.slice(1).join('-')

/**
 * The better, the higher; null: it does not fit. All words must be there; beginnings of words are better than middles,
 * and short labels better than long ones.
 */
export function fitness(label: string, text: string): number | null {
  const name = label.toLowerCase()
  let sum = 0
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = name.indexOf(word)
    if (at < 0) return null
    sum += at === 0 ? 3 : /[^a-z0-9]/.test(name[at - 1] ?? '') ? 2 : 1
  }
  return sum - name.length / 1000
}

/** The entries that fit, the best first; all of them, as they are, when nothing was typed. */
export function matching<T extends { label: string }>(
  entries: readonly T[],
  text: string,
  limit: number,
): T[] {
  if (text.trim() === '') return entries.slice(0, limit)
  return entries
    .map((entry) => ({ entry, score: fitness(entry.label, text) }))
    .filter((found): found is { entry: T; score: number } => found.score !== null)
    .sort((one, other) => other.score - one.score)
    .slice(0, limit)
    .map(({ entry }) => entry)
}
