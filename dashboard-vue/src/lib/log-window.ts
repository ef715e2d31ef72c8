/** Of many lines some hundreds are on the page at a time: laying out ten thousand would hold the browser up. */

export const SHOWN_LINES = 400
/** So many are exchanged when one scrolls to an end of those shown. */
const STEP = 200

interface Numbered {
  seq: number
}

export interface LogWindow {
  from: number
  to: number
}

/** The lines to show: the newest, or those from firstSeq on. Lines may have gone or been filtered out since that was chosen. */
export function windowOf(lines: readonly Numbered[], firstSeq: number | null): LogWindow {
  const last = Math.max(0, lines.length - SHOWN_LINES)
  const at = firstSeq === null ? -1 : lines.findIndex(({ seq }) => seq >= firstSeq)
  const from = at === -1 ? last : Math.min(at, last)
  return { from, to: Math.min(from + SHOWN_LINES, lines.length) }
}

/** The first line to show after a scroll to the upper (-1) or lower (1) end; null: there is nothing beyond it. */
export function stepFrom(
  lines: readonly Numbered[],
  { from, to }: LogWindow,
  direction: -1 | 1,
): number | null {
  if (direction === -1 ? from === 0 : to >= lines.length) return null
  const last = Math.max(0, lines.length - SHOWN_LINES)
  return lines[Math.min(Math.max(0, from + direction * STEP), last)]?.seq ?? null
}
