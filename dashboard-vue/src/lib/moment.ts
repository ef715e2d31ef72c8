/** Times as a filter says them: absolute (`2026-03-02T09:30:00Z`), so long ago (`2h`, `1h30m`) or from now (`+10m`). */
export type Moment = string

const SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/
const STEP = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g
const DATE = /^\d{4}-\d{2}-\d{2}$/
const DATE_AND_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?$/i
const LONGEST_SECONDS = 100 * 365 * 86_400

/** Seconds of `90`, `30s`, `1.5m`, `1h30m`; null: it is no duration. */
export function readDuration(text: string): number | null {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text)
  if (!DURATION.test(text)) return null
  const seconds = [...text.matchAll(STEP)].reduce((sum, [, n, unit]) => sum + Number(n) * SECONDS[unit!]!, 0)
  return Number(seconds.toFixed(6))
}

/** `30s`, `1h30m`, `1.5s`: what readDuration reads back as the same. */
export function printDuration(seconds: number): string {
  if (seconds > 0 && seconds < 1) return `${Number((seconds * 1000).toFixed(3))}ms`
  let left = seconds
  let text = ''
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const) {
    const count = Math.floor(left / size)
    if (count > 0) text += `${count}${unit}`
    left -= count * size
  }
  const rest = Number(left.toFixed(6))
  return rest > 0 || text === '' ? `${text}${rest}s` : text
}

export const isRelative = (moment: Moment) => DURATION.test(moment.replace(/^\+/, ''))

/** isUtc: how to read a time that names no zone. null: it is no time. */
export function readMoment(text: string, isUtc: boolean): Moment | null {
  const trimmed = text.trim()
  if (isRelative(trimmed)) {
    const seconds = readDuration(trimmed.replace(/^\+/, ''))
    return seconds !== null && seconds <= LONGEST_SECONDS ? trimmed : null
  }
  const parts = DATE.test(trimmed) ? [trimmed, trimmed, '00:00', undefined] : DATE_AND_TIME.exec(trimmed)
  if (!parts) return null
  const date = new Date(`${parts[1]}T${parts[2]}${parts[3]?.toUpperCase() ?? (isUtc ? 'Z' : '')}`)
  return Number.isNaN(date.getTime()) ? null : writeMoment(date)
}

/** Without fractions of a second where it has none. */
export const writeMoment = (date: Date): Moment => date.toISOString().replace('.000Z', 'Z')

/** Milliseconds since 1970. now: the same. */
export function resolveMoment(moment: Moment, now: number): number {
  if (!isRelative(moment)) return Date.parse(moment)
  const isAhead = moment.startsWith('+')
  const seconds = readDuration(moment.replace(/^\+/, '')) ?? 0
  return now + (isAhead ? seconds : -seconds) * 1000
}

const pad = (part: number) => String(part).padStart(2, '0')

/** `2h ago`, `in 10m`, `2026-03-02 09:30`. */
export function momentLabel(moment: Moment, isUtc: boolean): string {
  if (isRelative(moment)) return moment.startsWith('+') ? `in ${moment.slice(1)}` : `${moment} ago`
  const date = new Date(moment)
  if (isUtc)
    return `${date
      .toISOString()
      .slice(0, date.getUTCSeconds() ? 19 : 16)
      .replace('T', ' ')} UTC`
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  const seconds = date.getSeconds() ? `:${pad(date.getSeconds())}` : ''
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}${seconds}`
}
