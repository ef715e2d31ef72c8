/**
 * The language of the filter box: `status:failed,retrying -queue:bulk payload.user.id:42 after:2h took:>30s`.
 *
 * What is wrong with a word is said with its place and what to write; the other words are read all the same.
 */
import { FIELDS, type Field, PAYLOAD, fieldOf, nearestKey } from '@/lib/filter-fields'
import { type Part, partsOf } from '@/lib/filter-parts'
import { type Value, type Word, escaped, printValue, quoted, readWords } from '@/lib/filter-text'
import {
  DENIABLE_FIELDS,
  type DeniableField,
  type JobFilter,
  type ListField,
  type NumberField,
  type Range,
  type TimeField,
  emptyFilter,
  isBound,
  isJobId,
  isValue,
  unique,
} from '@/lib/job-filter'
import { payloadString, readPayloadValue, stringOfPayload } from '@/lib/job-payload'
import { type Moment, printDuration, readDuration, readMoment, writeMoment } from '@/lib/moment'
import { STATUSES } from '@/lib/status'

export interface FilterProblem {
  /** Where it stands in the text. */
  from: number
  to: number
  /** A sentence, with what to write. */
  text: string
}

export interface Parsed {
  filter: JobFilter
  /** A bare id: the job to open. */
  jobId: string | null
  problems: FilterProblem[]
}

export interface ParseOptions {
  /** Known types: a bare word that one begins with means the type. */
  types?: readonly string[]
  /** How to read a time without a zone. */
  isUtc?: boolean
}

class Unreadable extends Error {}

export function parse(text: string, { types = [], isUtc = false }: ParseOptions = {}): Parsed {
  const parsed: Parsed = { filter: emptyFilter(), jobId: null, problems: [] }
  for (const word of readWords(text)) {
    try {
      if (word.isOpen) throw new Unreadable('A quote is not closed: end it with ".')
      if (word.key === null) readBare(parsed, word, types)
      else readKeyed(parsed.filter, word, word.key, isUtc)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      parsed.problems.push({ from: word.from, to: word.to, text: error.message })
    }
  }
  return parsed
}

function readBare(parsed: Parsed, word: Word, types: readonly string[]) {
  const text = word.values.map((value) => value.text).join(',')
  if (word.isDenied) throw new Unreadable(`Say what to leave out: -type:${text} or -queue:${text}.`)
  if (text === '') throw new Unreadable('There is nothing to look for.')
  if (isJobId(text)) parsed.jobId = text.toLowerCase()
  else if (isValue('type', text) && types.some((type) => type.startsWith(text.replace(/\*$/, '')))) {
    parsed.filter.type.push(types.includes(text) || text.endsWith('*') ? text : `${text}*`)
  } else addValue(parsed.filter.error, 'error', text)
}

function readKeyed(filter: JobFilter, word: Word, key: string, isUtc: boolean) {
  const field = fieldOf(key)
  if (!field && !key.startsWith(PAYLOAD)) throw new Unreadable(unknownKey(key))
  if (word.values.length === 0)
    throw new Unreadable(`${key}: wants a value, such as ${key}:${exampleOf(key)}.`)
  if (field?.kind === 'list') return readList(filter, word, field.field)
  if (word.isDenied) throw new Unreadable(notDeniable(key))
  if (!field) return readPayload(filter, key.slice(PAYLOAD.length), word.values)
  if (word.values.length > 1) throw new Unreadable(`${key}: takes one value.`)
  readRange(filter, key, field, word.values[0]!.text, isUtc)
}

function unknownKey(key: string): string {
  const near = nearestKey(key)
  if (near) return `There is no filter "${key}": did you mean ${near}:?`
  return `There is no filter "${key}". To look for it in errors, put it in quotes.`
}

const exampleOf = (key: string) =>
  FIELDS.find((entry) => entry.key === key)
    ?.about.split(/, (?:or )?|: /)
    .at(-1) ?? '42'

const notDeniable = (key: string) =>
  `Jobs cannot be left out by ${key}: take the - away. It works with ${DENIABLE_FIELDS.join(', ')}.`

const isDeniable = (field: ListField): field is DeniableField =>
  (DENIABLE_FIELDS as readonly string[]).includes(field)

function readList(filter: JobFilter, word: Word, field: ListField) {
  if (word.isDenied && !isDeniable(field)) throw new Unreadable(notDeniable(field))
  const into: string[] = word.isDenied && isDeniable(field) ? filter.not[field] : filter[field]
  for (const { text } of word.values) addValue(into, field, text)
}

function addValue(into: string[], field: ListField, text: string) {
  if (!isValue(field, text)) throw new Unreadable(`"${text}" is no ${NOUNS[field]}: ${advice(field, text)}`)
  if (!into.includes(text)) into.push(text)
}

const NOUNS: Record<ListField, string> = {
  status: 'status',
  queue: "queue's name",
  type: "type's name",
  tag: 'tag',
  worker: "worker's id",
  schedule: "schedule's name",
  error: 'part of an error',
  fingerprint: 'fingerprint',
}

const OTHER_WORDS: Record<string, string> = {
  running: 'processing',
  active: 'processing',
  done: 'completed',
  succeeded: 'completed',
  success: 'completed',
  pending: 'queued',
  waiting: 'queued',
  dead: 'failed',
  error: 'failed',
  canceled: 'cancelled',
}

function advice(field: ListField, text: string): string {
  if (field === 'status') {
    const meant = OTHER_WORDS[text.toLowerCase()] ?? STATUSES.find((status) => status === text.toLowerCase())
    return meant ? `write ${meant}.` : `there are ${STATUSES.join(', ')}.`
  }
  if (field === 'worker') return 'that is a UUID, as the Workers page shows it.'
  if (field === 'fingerprint') return 'that is 16 digits and letters a to f, as the Failures page shows it.'
  if (field === 'queue' || field === 'type')
    return 'it has letters, digits, ".", "_", "-", and "*" only at the end.'
  return field === 'tag' ? 'it has 1 to 64 letters.' : 'it has 1 to 200 letters.'
}

function readPayload(filter: JobFilter, path: string, values: Value[]) {
  if (path.split('.').includes(''))
    throw new Unreadable('Name the member of the payload: payload.user.id:42.')
  const texts = values.map(({ text, isQuoted }) => (isQuoted ? payloadString(text) : readPayloadValue(text)))
  const known = filter.payload.find((condition) => condition.path === path)
  if (known) known.values = unique([...known.values, ...texts])
  else filter.payload.push({ path, values: unique(texts) })
}

function readRange(
  filter: JobFilter,
  key: string,
  field: Exclude<Field, { kind: 'list' }>,
  text: string,
  isUtc: boolean,
) {
  if (field.kind === 'end') filter.time[field.field][field.end] = momentOf(key, text, isUtc)
  else if (field.kind === 'time') Object.assign(filter.time[field.field], timesOf(key, text, isUtc))
  else Object.assign(filter[field.field], boundsOf(key, field.field, text))
}

function momentOf(key: string, text: string, isUtc: boolean): Moment {
  const moment = readMoment(text, isUtc)
  if (moment !== null) return moment
  throw new Unreadable(`"${text}" is no time: write ${key}:2h, ${key}:2026-03-02 or ${key}:2026-03-02T09:30.`)
}

function timesOf(key: string, text: string, isUtc: boolean): Range<Moment> {
  if (/^[<>]/.test(text)) {
    throw new Unreadable(`Write ${key}:2h for those of the last two hours, and ${key}:..2h for those before.`)
  }
  if (text.includes('..')) return ends(text, (end) => momentOf(key, end, isUtc))
  const from = momentOf(key, text, isUtc)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return { from }
  return { from, to: nextDay(from, isUtc) }
}

function nextDay(moment: Moment, isUtc: boolean): Moment {
  const day = new Date(moment)
  if (isUtc) day.setUTCDate(day.getUTCDate() + 1)
  else day.setDate(day.getDate() + 1)
  return writeMoment(day)
}

function ends<T>(text: string, read: (end: string) => T): Range<T> {
  const [from = '', to = ''] = text.split(/\.\.(.*)/s)
  return { ...(from === '' ? {} : { from: read(from) }), ...(to === '' ? {} : { to: read(to) }) }
}

function boundsOf(key: string, field: NumberField, text: string): Range<number> {
  const read = (end: string) => boundOf(key, field, end)
  if (text.includes('..')) return ends(text, read)
  const [, sign = '', rest = ''] = /^(<=?|>=?|=?)(.*)$/s.exec(text) ?? []
  const bound = read(rest)
  // Durations are not counted in whole steps: at that very instant ends nothing.
  const step = field === 'attempts' ? 1 : 0
  if (sign === '>') return { from: bound + step }
  if (sign === '>=') return { from: bound }
  if (sign === '<=') return { to: bound }
  if (sign === '<') return { to: bound > 0 ? bound - step : bound }
  return { from: bound, to: bound }
}

function boundOf(key: string, field: NumberField, text: string): number {
  const bound = field === 'duration' ? readDuration(text) : /^\d+$/.test(text) ? Number(text) : null
  if (bound !== null && isBound(field, bound)) return bound
  const examples = field === 'duration' ? [':>30s', ':<5m', ':1s..5s'] : [':3', ':>=3', ':2..4']
  const noun = field === 'duration' ? 'duration' : 'number'
  throw new Unreadable(
    `"${text}" is no ${noun}: write ${examples.map((example) => key + example).join(', ')}.`,
  )
}

/** The filter as one would type it: what parse reads as the same. */
export const print = (filter: JobFilter) => partsOf(filter).map(printPart).join(' ')

/** A part of it, as text to edit. */
export function printPart(part: Part): string {
  switch (part.kind) {
    case 'list':
      return `${part.isDenied ? '-' : ''}${part.field}:${part.values.map(printValue).join(',')}`
    case 'payload':
      return `${PAYLOAD}${escaped(part.condition.path)}:${part.condition.values.map(printPayloadValue).join(',')}`
    case 'time':
      return printTimes(part.field, part.range)
    case 'number':
      return printBounds(part.field, part.range)
    case 'unread':
      return `${part.name.replace(/^not_/, '-')}:${printValue(part.text)}`
  }
}

function printPayloadValue(value: string): string {
  const text = stringOfPayload(value)
  if (text === null) return escaped(value)
  return text === value ? printValue(text) : quoted(text)
}

function printTimes(field: TimeField, { from, to }: Range<Moment>): string {
  const prefix = field === 'created' ? '' : `${field}_`
  const words = [
    from === undefined ? '' : `${prefix}after:${from}`,
    to === undefined ? '' : `${prefix}before:${to}`,
  ]
  return words.filter((word) => word !== '').join(' ')
}

function printBounds(field: NumberField, { from, to }: Range<number>): string {
  const key = field === 'duration' ? 'took' : 'attempt'
  const print = field === 'duration' ? printDuration : String
  if (from !== undefined && from === to) return `${key}:${print(from)}`
  if (from !== undefined && to !== undefined) return `${key}:${print(from)}..${print(to)}`
  return from !== undefined ? `${key}:>=${print(from)}` : `${key}:<=${print(to ?? 0)}`
}

/** Both: values of one field join, of a range the new ends win. */
export function merge(filter: JobFilter, added: JobFilter): JobFilter {
  const merged = structuredClone(filter)
  for (const part of partsOf(added)) mergePart(merged, part)
  return merged
}

function mergePart(into: JobFilter, part: Part) {
  if (part.kind === 'list') {
    const lists: Record<string, string[]> = part.isDenied ? into.not : into
    lists[part.field] = unique([...(lists[part.field] ?? []), ...part.values])
  } else if (part.kind === 'payload') {
    const known = into.payload.find(({ path }) => path === part.condition.path)
    if (known) known.values = unique([...known.values, ...part.condition.values])
    else into.payload.push(part.condition)
  } else if (part.kind === 'time') Object.assign(into.time[part.field], part.range)
  else if (part.kind === 'number') Object.assign(into[part.field], part.range)
  else into.unread.push({ name: part.name, text: part.text })
}
