/** What may be meant where somebody is typing in the filter box. */
import { FIELDS, PAYLOAD, fieldOf } from '@/lib/filter-fields'
import { printValue, readWords } from '@/lib/filter-text'
import { DENIABLE_FIELDS } from '@/lib/job-filter'

/** Filters of which the API knows values. */
export const SUGGESTED_FIELDS = ['queue', 'type', 'tag', 'worker', 'schedule', 'status'] as const
export type SuggestedField = (typeof SUGGESTED_FIELDS)[number]

/** What stands before the caret: the beginning of a key or of a value. */
export interface Completion {
  /** null: of a key, or of a word without one. */
  key: string | null
  isDenied: boolean
  prefix: string
  /** The part of the text that a suggestion takes the place of. */
  from: number
  to: number
}

export interface Suggestion {
  label: string
  about: string
  /** How many jobs have it. */
  count?: { value: number; relation: string }
  /** What takes the place of the completion's part of the text. */
  text: string
  /** The word is whole with it. */
  isWhole: boolean
}

export function completionAt(text: string, caret: number): Completion {
  const word = readWords(text.slice(0, caret)).at(-1)
  if (!word || (word.to < caret && !word.isOpen)) {
    return { key: null, isDenied: false, prefix: '', from: caret, to: caret }
  }
  const prefix = word.lastFrom < word.to ? (word.values.at(-1)?.text ?? '') : ''
  return { key: word.key, isDenied: word.isDenied, prefix, from: word.lastFrom, to: caret }
}

/** Which field of the API's suggestions it asks for; a bare word may be a type. */
export function suggestedField({ key, isDenied, prefix }: Completion): SuggestedField | null {
  if (key === null) return prefix !== '' && !isDenied ? 'type' : null
  return SUGGESTED_FIELDS.find((field) => field === key) ?? null
}

interface Known {
  value: string
  count: number
  relation: string
}

/** In the order to show them. known: the API's suggestions for suggestedField. */
export function suggestions(completion: Completion, known: readonly Known[]): Suggestion[] {
  const { key, prefix } = completion
  if (key === null) return [...keysFor(completion), ...typesFor(completion, known), ...errorFor(completion)]
  if (known.length > 0 || suggestedField(completion)) return known.map((one) => suggestionOf(one, ''))
  return examplesOf(key)
    .filter((text) => text.startsWith(prefix))
    .map((text) => ({ label: text, about: '', text, isWhole: true }))
}

const suggestionOf = ({ value, count, relation }: Known, key: string): Suggestion => ({
  label: key + value,
  about: '',
  count: { value: count, relation },
  text: key + printValue(value),
  isWhole: true,
})

function keysFor({ prefix, isDenied }: Completion): Suggestion[] {
  const isDeniable = (key: string) => (DENIABLE_FIELDS as readonly string[]).includes(key)
  const fields = FIELDS.filter(({ key }) => key.startsWith(prefix) && (!isDenied || isDeniable(key)))
  const keys = fields.map(({ key, about }) => ({ label: `${key}:`, about, text: `${key}:`, isWhole: false }))
  if (isDenied || !PAYLOAD.startsWith(prefix)) return keys
  return [
    ...keys,
    { label: 'payload.', about: 'user.id:42, a member of the payload', text: PAYLOAD, isWhole: false },
  ]
}

const typesFor = ({ prefix }: Completion, known: readonly Known[]) =>
  prefix === '' ? [] : known.map((one) => suggestionOf(one, 'type:'))

/** That a bare word is looked for in errors. */
function errorFor({ prefix, isDenied }: Completion): Suggestion[] {
  if (prefix === '' || isDenied || PAYLOAD.startsWith(prefix) || prefix.startsWith(PAYLOAD)) return []
  const text = `error:${printValue(prefix)}`
  return [{ label: text, about: 'in the last error', text, isWhole: true }]
}

const TIMES = ['15m', '1h', '6h', '24h', '7d']

function examplesOf(key: string): string[] {
  const field = fieldOf(key)
  if (field?.kind === 'end' || field?.kind === 'time') return TIMES
  if (field?.kind !== 'number') return []
  return field.field === 'duration' ? ['>1s', '>10s', '>1m', '>10m', '<1s'] : ['1', '>=2', '>=3', '>=5']
}

/** The text with the suggestion in its place, and where the caret is then. */
export function completed(text: string, { from, to }: Completion, suggestion: Suggestion) {
  const before = text.slice(0, from) + suggestion.text
  return { text: before + text.slice(to), caret: before.length }
}
