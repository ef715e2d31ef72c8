/** A filter in the parts that somebody sees and takes away one by one: a chip each. */
import {
  DENIABLE_FIELDS,
  type DeniableField,
  type JobFilter,
  LIST_FIELDS,
  type ListField,
  NUMBER_FIELDS,
  type NumberField,
  type PayloadCondition,
  type Range,
  TIME_FIELDS,
  type TimeField,
} from '@/lib/job-filter'
import { formatDuration } from '@/lib/format'
import { type Moment, momentLabel } from '@/lib/moment'
import { STATUS, isStatus } from '@/lib/status'

export type Part =
  | { kind: 'list'; field: ListField; isDenied: boolean; values: string[] }
  | { kind: 'payload'; condition: PayloadCondition }
  | { kind: 'time'; field: TimeField; range: Range<Moment> }
  | { kind: 'number'; field: NumberField; range: Range<number> }
  | { kind: 'unread'; name: string; text: string }

export interface Chip {
  /** Stays the same while the values change. */
  key: string
  /** `Status: Failed or Retrying` */
  label: string
  /** The filter without it. */
  remove: JobFilter
  /** The API does not know it. */
  isUnread: boolean
}

const hasEnds = (range: Range<unknown>) => range.from !== undefined || range.to !== undefined

export function partsOf(filter: JobFilter): Part[] {
  const lists = LIST_FIELDS.map((field) => ({ field, isDenied: false, values: filter[field] }))
  const denied = DENIABLE_FIELDS.map((field) => ({ field, isDenied: true, values: filter.not[field] }))
  return [
    ...[...lists, ...denied]
      .filter(({ values }) => values.length > 0)
      .map((part): Part => ({ kind: 'list', ...part, values: [...part.values] })),
    ...filter.payload.map((condition): Part => ({ kind: 'payload', condition })),
    ...TIME_FIELDS.map((field) => ({ field, range: filter.time[field] }))
      .filter(({ range }) => hasEnds(range))
      .map((part): Part => ({ kind: 'time', ...part })),
    ...NUMBER_FIELDS.map((field) => ({ field, range: filter[field] }))
      .filter(({ range }) => hasEnds(range))
      .map((part): Part => ({ kind: 'number', ...part })),
    ...filter.unread.map((part): Part => ({ kind: 'unread', ...part })),
  ]
}

export function keyOf(part: Part): string {
  if (part.kind === 'list') return `${part.isDenied ? '-' : ''}${part.field}`
  if (part.kind === 'payload') return `payload.${part.condition.path}`
  if (part.kind === 'unread') return `?${part.name}=${part.text}`
  return part.field
}

export function withoutPart(filter: JobFilter, part: Part): JobFilter {
  switch (part.kind) {
    case 'list':
      return part.isDenied
        ? { ...filter, not: { ...filter.not, [part.field as DeniableField]: [] } }
        : { ...filter, [part.field]: [] }
    case 'payload':
      return { ...filter, payload: filter.payload.filter(({ path }) => path !== part.condition.path) }
    case 'time':
      return { ...filter, time: { ...filter.time, [part.field]: {} } }
    case 'number':
      return { ...filter, [part.field]: {} }
    case 'unread':
      return {
        ...filter,
        unread: filter.unread.filter(({ name, text }) => name !== part.name || text !== part.text),
      }
  }
}

/** What is filtered by, in words, in the order of partsOf. isUtc: how to write times. */
export const describe = (filter: JobFilter, isUtc = false): Chip[] =>
  partsOf(filter).map((part) => ({
    key: keyOf(part),
    label: labelOf(part, isUtc),
    remove: withoutPart(filter, part),
    isUnread: part.kind === 'unread',
  }))

const NAMES: Record<ListField | TimeField | NumberField, string> = {
  status: 'Status',
  queue: 'Queue',
  type: 'Type',
  tag: 'Tag',
  worker: 'Worker',
  schedule: 'Schedule',
  error: 'Error',
  fingerprint: 'Failure group',
  created: 'Created',
  run_at: 'Due',
  finished: 'Finished',
  attempts: 'Attempts',
  duration: 'Took',
}

function labelOf(part: Part, isUtc: boolean): string {
  switch (part.kind) {
    case 'list': {
      const shown = part.values.map((value) => valueLabel(part.field, value)).join(' or ')
      return `${NAMES[part.field]}${part.isDenied ? ' not' : part.field === 'error' ? ' has' : ':'} ${shown}`
    }
    case 'payload':
      return `Payload ${part.condition.path}: ${part.condition.values.join(' or ')}`
    case 'time':
      return `${NAMES[part.field]} ${rangeLabel(part.range, (moment) => momentLabel(moment, isUtc), 'after', 'before')}`
    case 'number': {
      const print = part.field === 'duration' ? formatDuration : String
      return `${NAMES[part.field]} ${rangeLabel(part.range, print, 'at least', 'at most')}`
    }
    case 'unread':
      return `${part.name}=${part.text}`
  }
}

const valueLabel = (field: ListField, value: string) =>
  field === 'status' && isStatus(value) ? STATUS[value].label : field === 'worker' ? value.slice(-8) : value

function rangeLabel<T>({ from, to }: Range<T>, print: (end: T) => string, low: string, high: string): string {
  if (from === to && from !== undefined) return print(from)
  const ends = [
    from === undefined ? '' : `${low} ${print(from)}`,
    to === undefined ? '' : `${high} ${print(to)}`,
  ]
  return ends.filter((end) => end !== '').join(' and ')
}
