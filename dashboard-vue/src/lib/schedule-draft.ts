import type { components } from '@/api/schema'
import { formatInput } from './clock'
import { isObject, isSame, numberOf, parseJson, printJson, type Json, type JsonObject } from './lossless'
import { printDuration, readDuration, readMoment } from './moment'
import { tagsOf, tagsText } from './submit-options'

type Stored = components['schemas']['Schedule']

/** What a form says of a schedule, as it is typed. Empty: as usual. */
export interface ScheduleDraft {
  name: string
  type: string
  cron: string
  timezone: string
  queue: string
  payload: string
  priority: Stored['priority']
  maxRetries: string
  timeout: string
  /** By commas; `\,` is one that is part of a tag. */
  tags: string
  overlap: Stored['overlap']
  catchUp: Stored['catch_up']
  catchUpWindow: string
  catchUpLimit: string
  jitter: string
  startsAt: string
  endsAt: string
}

export type DraftField = keyof ScheduleDraft

export interface Wrong {
  pointer: string
  detail: string
}

const FIELDS: Record<DraftField, { pointer: string; label: string }> = {
  name: { pointer: '/name', label: 'Name' },
  type: { pointer: '/type', label: 'Type' },
  cron: { pointer: '/cron', label: 'Cron' },
  timezone: { pointer: '/timezone', label: 'Time zone' },
  queue: { pointer: '/queue', label: 'Queue' },
  payload: { pointer: '/payload', label: 'Payload' },
  priority: { pointer: '/priority', label: 'Priority' },
  maxRetries: { pointer: '/max_retries', label: 'Retries' },
  timeout: { pointer: '/timeout', label: 'Timeout' },
  tags: { pointer: '/tags', label: 'Tags' },
  overlap: { pointer: '/overlap', label: 'Overlap' },
  catchUp: { pointer: '/catch_up', label: 'Catch up' },
  catchUpWindow: { pointer: '/catch_up_window', label: 'Catch up within' },
  catchUpLimit: { pointer: '/catch_up_limit', label: 'Catch up at most' },
  jitter: { pointer: '/jitter', label: 'Jitter' },
  startsAt: { pointer: '/starts_at', label: 'Starts' },
  endsAt: { pointer: '/ends_at', label: 'Ends' },
}
export const DRAFT_FIELDS = Object.keys(FIELDS) as DraftField[]
export const labelOf = (field: DraftField) => FIELDS[field].label

/** What the API takes where nothing is said. */
const USUAL = { queue: 'default', timezone: 'UTC', catchUpWindow: 86_400, catchUpLimit: 100 }

export const newDraft = (timezone: string): ScheduleDraft => ({
  name: '',
  type: '',
  cron: '',
  timezone,
  queue: '',
  payload: '{}',
  priority: 'normal',
  maxRetries: '',
  timeout: '',
  tags: '',
  overlap: 'allow',
  catchUp: 'latest',
  catchUpWindow: '',
  catchUpLimit: '',
  jitter: '',
  startsAt: '',
  endsAt: '',
})

/** As `<input type=datetime-local step=1>` has it. */
function inputOf(at: string | null, isUtc: boolean): string {
  if (at === null) return ''
  const seconds = new Date(at).getUTCSeconds()
  return `${formatInput(Date.parse(at), isUtc)}:${String(seconds).padStart(2, '0')}`
}

/** isUtc: how times are shown, and read again by writeDraft. */
export const draftOf = (
  schedule: Omit<Stored, 'payload'> & { payload: JsonObject },
  isUtc: boolean,
): ScheduleDraft => ({
  name: schedule.name,
  type: schedule.type,
  cron: schedule.cron,
  timezone: schedule.timezone,
  queue: schedule.queue,
  payload: printJson(schedule.payload),
  priority: schedule.priority,
  maxRetries: schedule.max_retries === null ? '' : String(schedule.max_retries),
  timeout: schedule.timeout === null ? '' : printDuration(schedule.timeout),
  tags: tagsText(schedule.tags),
  overlap: schedule.overlap,
  catchUp: schedule.catch_up,
  catchUpWindow: printDuration(schedule.catch_up_window),
  catchUpLimit: String(schedule.catch_up_limit),
  jitter: printDuration(schedule.jitter),
  startsAt: inputOf(schedule.starts_at, isUtc),
  endsAt: inputOf(schedule.ends_at, isUtc),
})

/** All members of the request, and what cannot be one. */
export function writeDraft(draft: ScheduleDraft, isUtc: boolean): { members: JsonObject; wrongs: Wrong[] } {
  const wrongs: Wrong[] = []
  /** The value of what is typed; `usual` where nothing is. */
  const read = (field: DraftField, usual: Json, of: (text: string) => Json | null, wanted: string): Json => {
    const text = draft[field].trim()
    if (text === '') return usual
    const value = of(text)
    if (value === null) wrongs.push({ pointer: FIELDS[field].pointer, detail: wanted })
    return value
  }
  const need = (field: 'type' | 'cron', wanted: string) => {
    if (draft[field].trim() === '') wrongs.push({ pointer: FIELDS[field].pointer, detail: wanted })
  }
  const seconds = (field: DraftField, usual: Json) =>
    read(field, usual, secondsOf, 'Write a duration, such as 30s, 5m or 1h30m.')
  const whole = (field: DraftField, usual: Json) =>
    read(
      field,
      usual,
      (text) => (/^\d+$/.test(text) ? numberOf(BigInt(text).toString()) : null),
      'Write a whole number.',
    )
  const moment = (field: DraftField) =>
    read(field, null, (text) => readMoment(text, isUtc), 'Write a time, such as 2030-01-31 12:00.')

  need('type', 'Choose a type.')
  need('cron', 'Write a cron, such as 0 2 * * *.')
  const members: JsonObject = {
    ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
    type: draft.type.trim(),
    cron: draft.cron,
    timezone: draft.timezone.trim() || USUAL.timezone,
    queue: draft.queue.trim() || USUAL.queue,
    payload: read('payload', {}, objectOf, 'Write a JSON object, such as {"days": 7}.'),
    priority: draft.priority,
    max_retries: whole('maxRetries', null),
    timeout: seconds('timeout', null),
    tags: tagsOf(draft.tags),
    overlap: draft.overlap,
    catch_up: draft.catchUp,
    catch_up_window: seconds('catchUpWindow', numberOf(USUAL.catchUpWindow)),
    catch_up_limit: whole('catchUpLimit', numberOf(USUAL.catchUpLimit)),
    jitter: seconds('jitter', numberOf(0)),
    starts_at: moment('startsAt'),
    ends_at: moment('endsAt'),
  }
  return { members, wrongs }
}

function secondsOf(text: string): Json | null {
  const seconds = readDuration(text)
  return seconds === null ? null : numberOf(seconds)
}

function objectOf(text: string): Json | null {
  const { value } = parseJson(text)
  return isObject(value) ? value : null
}

/** Members that differ from those before: what a PATCH says. */
export const changesOf = (before: JsonObject, after: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(after).filter(([name, value]) => {
      const old = Object.hasOwn(before, name) ? before[name] : undefined
      return old === undefined || !isSame(old, value)
    }),
  )

/** The fields in which they differ. */
export const differing = (one: ScheduleDraft, other: ScheduleDraft): DraftField[] =>
  DRAFT_FIELDS.filter((field) => one[field] !== other[field])

/** What was changed by hand from `base` on, put onto what is there now. */
export function carryOver(draft: ScheduleDraft, base: ScheduleDraft, now: ScheduleDraft): ScheduleDraft {
  const own = differing(draft, base).map((field) => [field, draft[field]])
  return { ...now, ...(Object.fromEntries(own) as Partial<ScheduleDraft>) }
}

/** The field that shows what is said of a member or a part of it; undefined: none does. */
export const fieldOf = (pointer: string): DraftField | undefined =>
  DRAFT_FIELDS.find((field) => {
    const own = FIELDS[field].pointer
    return pointer === own || pointer.startsWith(`${own}/`)
  })

/** What the API says of a text, and at which of its characters, from 0; null: it does not say. */
export function readFault(detail: string): { message: string; position: number | null } {
  const [, message, place] = /^([^]*) \(character (\d+)\)$/.exec(detail) ?? []
  return message === undefined
    ? { message: detail, position: null }
    : { message, position: Number(place) - 1 }
}
