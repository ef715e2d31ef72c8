/** Filters with a name: those that come with GoQueue, and one's own, kept as the text one would type. */
import { parse } from '@/lib/filter-language'
import type { JobFilter } from '@/lib/job-filter'

export interface SavedView {
  name: string
  /** In the filter language. */
  text: string
}

export const PRESET_VIEWS: readonly SavedView[] = [
  { name: 'Stuck > 10 min', text: 'status:queued,processing before:10m' },
  { name: 'Retrying soon', text: 'status:retrying run_at_before:+10m' },
  { name: 'Slow today', text: 'finished:24h took:>=30s' },
  { name: 'Failed last hour', text: 'status:failed finished:1h' },
]

/** A word that cannot be read stays in the filter, which the API then refuses: without it more jobs would match. */
export function filterOfView({ text }: SavedView): JobFilter {
  const { filter, problems } = parse(text, { isUtc: true })
  filter.unread.push(...problems.map(({ from, to }) => ({ name: 'view', text: text.slice(from, to) })))
  return filter
}

const LONGEST_NAME = 60

/** Why a view cannot have this name; '': it can. */
export function nameProblem(name: string, others: readonly SavedView[]): string {
  const trimmed = name.trim()
  if (trimmed === '') return 'Give it a name.'
  if (trimmed.length > LONGEST_NAME) return `A name has at most ${LONGEST_NAME} letters.`
  const isTaken = [...PRESET_VIEWS, ...others].some(
    (view) => view.name.toLowerCase() === trimmed.toLowerCase(),
  )
  return isTaken ? `There is a view "${trimmed}" already.` : ''
}

/** What was kept may have been changed by hand, or by another version. */
export const readViews = (kept: unknown): SavedView[] =>
  Array.isArray(kept)
    ? kept.filter(
        (view: unknown): view is SavedView =>
          typeof view === 'object' &&
          view !== null &&
          typeof (view as SavedView).name === 'string' &&
          typeof (view as SavedView).text === 'string',
      )
    : []
