/** Figures and times as people read them. Durations are in seconds, as everywhere in the API. */

export const NONE = '–'

const exact = new Intl.NumberFormat('en')
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** 9,999 as it is, and 12.5K or 1.2M beyond. */
export const formatCount = (count: number) =>
  Math.abs(count) < 10_000 ? exact.format(count) : compact.format(count)

export const formatExact = (count: number) => exact.format(count)

/** A count that the API stopped at a limit: `10K+`. */
export const formatCapped = (count: { value: number; relation: string }) =>
  count.relation === 'gte' ? `${formatCount(count.value)}+` : formatCount(count.value)

/** `0`, `0.4`, `12`, `1.2K`: a rate a minute or a second. */
export const formatRate = (rate: number) =>
  rate > 0 && rate < 10 ? String(Number(rate.toPrecision(2))) : formatCount(Math.round(rate))

/** Never more than there is; 0.29 * 100 is a little less than 29. */
export const formatPercent = (fraction: number) => `${Math.floor(fraction * 100 + 1e-9)}%`

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1)
  const value = bytes / 1024 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`
}

const pad = (part: number) => String(part).padStart(2, '0')

/** `4 ms`, `1.6 s`, `2m 05s`, `3h 07m`, `2d 04h`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds == null) return NONE
  if (seconds < 0) return `-${formatDuration(-seconds)}`
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h ${pad(Math.floor((whole % 3600) / 60))}m`
  return `${Math.floor(whole / 86_400)}d ${pad(Math.floor((whole % 86_400) / 3600))}h`
}

/** One unit, whole: `now`, `12s`, `5m`, `3h`, `2d`; for ages and waits that are looked at, not measured. */
export function formatAge(seconds: number): string {
  const age = Math.abs(seconds)
  if (age < 1) return 'now'
  if (age < 60) return `${Math.floor(age)}s`
  if (age < 3600) return `${Math.floor(age / 60)}m`
  if (age < 86_400) return `${Math.floor(age / 3600)}h`
  return `${Math.floor(age / 86_400)}d`
}

/** `3m ago`, `in 2h`, `now`. now: milliseconds since 1970. */
export function formatRelative(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000
  const age = formatAge(seconds)
  if (age === 'now') return age
  return seconds > 0 ? `in ${age}` : `${age} ago`
}

/** `2026-03-02 09:30:03.131` and, in UTC, `2026-03-02 09:30:03.131 UTC`. */
export function formatMoment(at: string | number, isUtc: boolean): string {
  const date = new Date(at)
  if (isUtc) return `${date.toISOString().slice(0, 23).replace('T', ' ')} UTC`
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  return `${day} ${formatClock(at, isUtc)}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** `09:30:03`. */
export function formatClock(at: string | number, isUtc: boolean): string {
  const date = new Date(at)
  if (isUtc) return date.toISOString().slice(11, 19)
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}

/** The last eight characters: those of a UUIDv7 that tell jobs of one moment apart. */
export const shortId = (id: string) => id.slice(-8)

/** `1 job`, `2 jobs`, `12.5K jobs`. */
export const plural = (count: number, one: string, many = `${one}s`) =>
  `${formatCount(count)} ${count === 1 ? one : many}`
