/**
 * Which jobs somebody wants to see or act on. The URL keeps it, the API is asked with it, a bulk operation gets it.
 *
 * What cannot be understood is never dropped: a filter that lost a part would show, and change, more jobs than meant.
 * It goes on to the API as it is, which refuses it in a sentence.
 */
import type { components, paths } from '@/api/schema'
import { type JsonValue, payloadObjects, readPayloadValue } from '@/lib/job-payload'
import { type Moment, readMoment, resolveMoment, writeMoment } from '@/lib/moment'
import { type JobStatus, isStatus } from '@/lib/status'

export interface Range<T> {
  from?: T
  to?: T
}

export interface PayloadCondition {
  /** Names with dots between them: `user.id`. */
  path: string
  /** Any of these; each is JSON, or else a string as it is. */
  values: string[]
}

export const DENIABLE_FIELDS = ['status', 'queue', 'type', 'tag', 'worker', 'schedule'] as const
export const LIST_FIELDS = [...DENIABLE_FIELDS, 'error', 'fingerprint'] as const
export const TIME_FIELDS = ['created', 'run_at', 'finished'] as const
export const NUMBER_FIELDS = ['attempts', 'duration'] as const

export type DeniableField = (typeof DENIABLE_FIELDS)[number]
export type ListField = (typeof LIST_FIELDS)[number]
export type TimeField = (typeof TIME_FIELDS)[number]
export type NumberField = (typeof NUMBER_FIELDS)[number]

type Lists<F extends string> = { [field in F]: field extends 'status' ? JobStatus[] : string[] }

/** All that is said must hold. Of several values one is enough; `queue` and `type` may end with `*`. */
export interface JobFilter extends Lists<ListField> {
  not: Lists<DeniableField>
  payload: PayloadCondition[]
  /** From this time on, and before that one. */
  time: Record<TimeField, Range<Moment>>
  attempts: Range<number>
  /** Seconds. */
  duration: Range<number>
  /** Parts of the URL that are no filter the API knows: by name. */
  unread: { name: string; text: string }[]
}

/** As vue-router has it. */
export type Query = Record<string, string | null | undefined | (string | null)[]>
type ListQuery = NonNullable<paths['/jobs']['get']['parameters']['query']>
export type FilterParameters = Omit<ListQuery, 'sort' | 'cursor' | 'limit'> &
  Partial<Record<`payload.${string}`, string[]>>
export type BulkFilter = components['schemas']['BulkFilter']

export const emptyFilter = (): JobFilter => ({
  status: [],
  queue: [],
  type: [],
  tag: [],
  worker: [],
  schedule: [],
  error: [],
  fingerprint: [],
  not: { status: [], queue: [], type: [], tag: [], worker: [], schedule: [] },
  payload: [],
  time: { created: {}, run_at: {}, finished: {} },
  attempts: {},
  duration: {},
  unread: [],
})

const TIME_ENDS = TIME_FIELDS.flatMap((field) => [
  [field, 'from', `${field}_after`] as const,
  [field, 'to', `${field}_before`] as const,
])
const NUMBER_ENDS = NUMBER_FIELDS.flatMap((field) => [
  [field, 'from', `${field}_min`] as const,
  [field, 'to', `${field}_max`] as const,
])

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,63}|[A-Za-z0-9._-]{0,62}\*)$/
const TEXT = /^[^\x00-\x1f\x7f]{1,200}$/

export const isJobId = (text: string) => UUID.test(text)

const IS_VALUE: Record<ListField, (text: string) => boolean> = {
  status: isStatus,
  queue: (text) => NAME.test(text),
  type: (text) => NAME.test(text),
  tag: (text) => TEXT.test(text) && text.length <= 64,
  worker: (text) => UUID.test(text),
  schedule: (text) => TEXT.test(text),
  error: (text) => TEXT.test(text),
  fingerprint: (text) => /^[0-9a-f]{16}$/.test(text),
}

/** Whether the API takes it as a value of this filter. */
export const isValue = (field: ListField, text: string) => IS_VALUE[field](text)

/** A value of an error may have commas; between other values they part. */
const isSplit = (field: ListField) => field !== 'error'

const splitAtCommas = (text: string) =>
  text
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll('\\,', ','))
    .filter((part) => part !== '')
const escapeCommas = (value: string) => value.replaceAll(',', '\\,')
/** One text, unless the backslash at the end of a value would take the comma behind it. */
const joinWithCommas = (values: readonly string[]) =>
  values.some((value) => value.endsWith('\\')) ? values.map(escapeCommas) : values.map(escapeCommas).join(',')

const textsOf = (query: Query, name: string) =>
  [query[name]].flat().filter((text): text is string => typeof text === 'string' && text !== '')

export const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]

/** Of all other members of the query nothing is said. */
export function filterFromQuery(query: Query): JobFilter {
  const filter = emptyFilter()
  for (const field of LIST_FIELDS) readList(filter, filter[field], field, query, field)
  for (const field of DENIABLE_FIELDS) readList(filter, filter.not[field], field, query, `not_${field}`)
  readPayload(filter, query)
  readTimes(filter, query)
  readNumbers(filter, query)
  return filter
}

const keepUnread = (filter: JobFilter, name: string, text: string) => filter.unread.push({ name, text })

function readList(filter: JobFilter, into: string[], field: ListField, query: Query, name: string) {
  for (const text of textsOf(query, name)) {
    for (const value of isSplit(field) ? splitAtCommas(text) : [text]) {
      if (!isValue(field, value)) keepUnread(filter, name, value)
      else if (!into.includes(value)) into.push(value)
    }
  }
}

function readPayload(filter: JobFilter, query: Query) {
  for (const name of Object.keys(query).filter((name) => name.startsWith('payload.'))) {
    const path = name.slice('payload.'.length)
    const values = unique(textsOf(query, name).map(readPayloadValue))
    if (path.split('.').includes('')) values.forEach((value) => keepUnread(filter, name, value))
    else if (values.length > 0) filter.payload.push({ path, values })
  }
  for (const text of textsOf(query, 'payload')) keepUnread(filter, 'payload', text)
}

function readTimes(filter: JobFilter, query: Query) {
  for (const [field, end, name] of TIME_ENDS) {
    const text = textsOf(query, name)[0]
    if (text === undefined) continue
    // A URL is sent to people in other time zones.
    const moment = readMoment(text, true)
    if (moment === null) keepUnread(filter, name, text)
    else filter.time[field][end] = moment
  }
}

function readNumbers(filter: JobFilter, query: Query) {
  for (const [field, end, name] of NUMBER_ENDS) {
    const text = textsOf(query, name)[0]
    if (text === undefined) continue
    if (isBound(field, Number(text))) filter[field][end] = Number(text)
    else keepUnread(filter, name, text)
  }
}

/** Whether the API takes it as an end of the range. */
export const isBound = (field: NumberField, value: number) =>
  Number.isFinite(value) &&
  value >= 0 &&
  (field === 'duration' || (Number.isInteger(value) && value <= 2_147_483_647))

type Written = Record<string, string | string[]>

function write(filter: JobFilter, list: (field: ListField, values: string[]) => string | string[]): Written {
  const written: Written = {}
  for (const field of LIST_FIELDS) {
    if (filter[field].length > 0) written[field] = list(field, filter[field])
  }
  for (const field of DENIABLE_FIELDS) {
    if (filter.not[field].length > 0) written[`not_${field}`] = list(field, filter.not[field])
  }
  for (const { path, values } of filter.payload) written[`payload.${path}`] = values
  for (const [name, bound] of Object.entries(boundsOf(filter))) written[name] = String(bound)
  return written
}

function boundsOf(filter: JobFilter): Record<string, number> {
  const bounds = NUMBER_ENDS.map(([field, end, name]) => [name, filter[field][end]] as const)
  return Object.fromEntries(
    bounds.filter((bound): bound is [(typeof bound)[0], number] => bound[1] !== undefined),
  )
}

function timesOf(filter: JobFilter, print: (moment: Moment) => string): Record<string, string> {
  const times: Record<string, string> = {}
  for (const [field, end, name] of TIME_ENDS) {
    const moment = filter.time[field][end]
    if (moment !== undefined) times[name] = print(moment)
  }
  return times
}

function addUnread(written: Written, filter: JobFilter): Written {
  for (const { name, text } of filter.unread) written[name] = unique([written[name] ?? [], text].flat())
  return written
}

/** What filterFromQuery reads back as the same. */
export const queryFromFilter = (filter: JobFilter): Record<string, string | string[]> => {
  const lists = write(filter, (field, values) => (isSplit(field) ? joinWithCommas(values) : values))
  return addUnread({ ...lists, ...timesOf(filter, (moment) => moment) }, filter)
}

const absolute = (now: number) => (moment: Moment) => writeMoment(new Date(resolveMoment(moment, now)))

/** The query of GET /jobs and /jobs/count. now: milliseconds since 1970, what `2h` ago is counted from. */
export function listParameters(filter: JobFilter, now: number): FilterParameters {
  const lists = write(filter, (field, values) => (isSplit(field) ? values.map(escapeCommas) : values))
  return addUnread({ ...lists, ...timesOf(filter, absolute(now)) }, filter) as FilterParameters
}

/** The same as the body of POST /bulk has it. Numbers beyond 2^53 are LosslessNumber: write it with lossless-json. */
export function bulkFilter(filter: JobFilter, now: number): BulkFilter {
  const lists = LIST_FIELDS.map((field) => [field, filter[field]] as const)
  const denied = DENIABLE_FIELDS.map((field) => [`not_${field}`, filter.not[field]] as const)
  const said = Object.fromEntries([...lists, ...denied].filter(([, values]) => values.length > 0))
  const body: Record<string, JsonValue | JsonValue[] | undefined> = {
    ...said,
    ...(filter.payload.length > 0 ? { payload: payloadObjects(filter.payload) } : {}),
    ...timesOf(filter, absolute(now)),
    ...boundsOf(filter),
  }
  for (const { name, text } of filter.unread) body[name] = [body[name] ?? [], text].flat()
  return body
}

export const isEmpty = (filter: JobFilter) => Object.keys(queryFromFilter(filter)).length === 0
