/** Clock and calendar of the zone that is shown, always of 24 hours. Times are milliseconds since 1970. */
const formats = new Map<string, Intl.DateTimeFormat>()

function format(options: Intl.DateTimeFormatOptions, isUtc: boolean): Intl.DateTimeFormat {
  const key = `${JSON.stringify(options)}${isUtc}`
  const known = formats.get(key)
  if (known) return known
  // The day before the month, and 00:00 rather than 24:00.
  const made = new Intl.DateTimeFormat('en-GB', {
    ...options,
    hourCycle: 'h23',
    ...(isUtc ? { timeZone: 'UTC' } : {}),
  })
  formats.set(key, made)
  return made
}

/** `09:30` */
export const formatMinute = (at: number, isUtc: boolean) =>
  format({ hour: '2-digit', minute: '2-digit' }, isUtc).format(at)

/** `2 Mar` */
export const formatDay = (at: number, isUtc: boolean) =>
  format({ day: 'numeric', month: 'short' }, isUtc).format(at)

/** `2 Mar, 09:30` */
export const formatDayAndMinute = (at: number, isUtc: boolean) =>
  `${formatDay(at, isUtc)}, ${formatMinute(at, isUtc)}`

const pad = (part: number) => String(part).padStart(2, '0')

/** As `<input type=datetime-local>` has it: `2026-03-02T09:30`. */
export function formatInput(at: number, isUtc: boolean): string {
  const date = new Date(at)
  if (isUtc) return date.toISOString().slice(0, 16)
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`
}
