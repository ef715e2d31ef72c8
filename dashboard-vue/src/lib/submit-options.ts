import { isNumber, isSame, member, numberOf, type Json, type JsonObject } from './lossless'
import { printDuration, readDuration, readMoment } from './moment'
import type { Wrong } from './schema-form'

/** What a submit says beside type and payload, as it is typed. Empty: left out. */
export interface Options {
  queue: string
  priority: '' | 'high' | 'normal' | 'low'
  /** `+10m` or `2030-01-31 12:00`. */
  runAt: string
  expiresAt: string
  maxRetries: string
  timeout: string
  /** By commas; `\,` is one that is part of a tag. */
  tags: string
  idempotencyKey: string
}

export const NO_OPTIONS: Options = {
  queue: '',
  priority: '',
  runAt: '',
  expiresAt: '',
  maxRetries: '',
  timeout: '',
  tags: '',
  idempotencyKey: '',
}

/** The field that shows what the API says of a member. */
export const OPTION_POINTERS: Record<keyof Options, string[]> = {
  queue: ['/queue'],
  priority: ['/priority'],
  runAt: ['/run_at', '/delay'],
  maxRetries: ['/max_retries'],
  timeout: ['/timeout'],
  expiresAt: ['/expires_at'],
  tags: ['/tags'],
  idempotencyKey: ['/header/Idempotency-Key'],
}

export interface WrittenOptions {
  members: JsonObject
  broken: Wrong[]
}

/** isUtc: how to read a time that names no zone. */
export function writeOptions(options: Options, isUtc: boolean): WrittenOptions {
  const members: JsonObject = {}
  const broken: Wrong[] = []
  const take = (name: string, text: string, read: (text: string) => Json | null, wanted: string) => {
    if (text.trim() === '') return
    const value = read(text.trim())
    if (value === null) broken.push({ pointer: `/${name}`, detail: wanted })
    else members[name] = value
  }
  take('queue', options.queue, (text) => text, '')
  take('priority', options.priority, (text) => text, '')
  const delay = delayOf(options.runAt)
  if (delay !== null) members.delay = numberOf(delay)
  else take('run_at', options.runAt, (text) => momentOf(text, isUtc), WHEN)
  take('expires_at', options.expiresAt, (text) => momentOf(text, isUtc), 'write a time like 2030-01-31 12:00')
  take('max_retries', options.maxRetries, wholeNumberOf, 'write a whole number')
  take('timeout', options.timeout, secondsOf, 'write a duration like 30s or 5m')
  take('tags', options.tags, tagsOf, '')
  return { members, broken }
}

const WHEN = 'write +10m or a time like 2030-01-31 12:00'

/** Seconds of `+10m` or `10m`; null: it is no duration. */
const delayOf = (text: string) => (text.trim() === '' ? null : readDuration(text.trim().replace(/^\+/, '')))

/** An absolute time, as the API wants it. */
function momentOf(text: string, isUtc: boolean): string | null {
  const moment = readMoment(text, isUtc)
  return moment !== null && readDuration(text.replace(/^\+/, '')) === null ? moment : null
}

const wholeNumberOf = (text: string) => (/^-?\d+$/.test(text) ? numberOf(String(BigInt(text))) : null)

function secondsOf(text: string) {
  const seconds = readDuration(text)
  return seconds === null ? null : numberOf(seconds)
}

/** Tags by commas; `\,` is one that is part of a tag. */
export const tagsOf = (text: string): Json[] =>
  text
    .split(/(?<!\\),/)
    .map((tag) => tag.trim().replaceAll('\\,', ','))
    .filter((tag) => tag !== '')

/** What tagsOf reads back. */
export const tagsText = (tags: readonly string[]) => tags.map((tag) => tag.replaceAll(',', '\\,')).join(', ')

export interface Submitted {
  queue: string
  priority: 'high' | 'normal' | 'low'
  max_retries: number
  timeout: number | null
  tags: string[]
}

/** The options with which a job was submitted, but for its times, which have passed. */
export const optionsOf = (job: Submitted): Options => ({
  ...NO_OPTIONS,
  queue: job.queue,
  priority: job.priority,
  maxRetries: String(job.max_retries),
  timeout: job.timeout === null ? '' : printDuration(job.timeout),
  tags: tagsText(job.tags),
})

/** What is said of members that are left out on purpose. */
const LEFT_OUT: JsonObject = {
  queue: 'default',
  priority: 'normal',
  tags: [],
  timeout: null,
  max_retries: null,
  payload: {},
}

/** Of a whole submit what differs from that of an old job. */
export function changesOf(before: JsonObject, after: JsonObject): JsonObject {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  names.delete('type')
  const changes: JsonObject = {}
  for (const name of names) {
    const value = member(after, name) ?? LEFT_OUT[name] ?? null
    const old = member(before, name)
    if (old === undefined || !isEqual(old, value)) changes[name] = value
  }
  return changes
}

/** As the API stores it: `30` and `30.0` seconds are one. */
const isEqual = (one: Json, other: Json) =>
  isNumber(one) && isNumber(other) ? Number(one.value) === Number(other.value) : isSame(one, other)
