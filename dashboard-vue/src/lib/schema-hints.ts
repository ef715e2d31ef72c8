import type { Bound, Field, NumberField, TextField } from './schema-fields'
import type { Draft } from './schema-form'
import { isNumber, numberOf } from './lossless'

/** What the API will likely say of this field; undefined: nothing. A hint: it refuses nothing. */
export function hintOf(field: Field, draft: Draft | undefined): string | undefined {
  if (draft?.as === 'list' && field.kind === 'list')
    return countHint(draft.items.length, field.minItems, field.maxItems)
  if (draft?.as !== 'text') return undefined
  if (field.kind === 'text') return textHint(field, draft.text)
  if (field.kind === 'number') return numberHint(field, draft.text.trim())
  return undefined
}

function countHint(count: number, least: number, most: number): string | undefined {
  if (count < least) return `at least ${least}`
  return count > most ? `at most ${most}` : undefined
}

function textHint(field: TextField, text: string): string | undefined {
  const length = Array.from(text).length
  if (length < (field.minLength ?? 0)) return `at least ${field.minLength} characters`
  if (length > (field.maxLength ?? Infinity)) return `at most ${field.maxLength} characters, not ${length}`
  if (field.pattern !== undefined && !matches(field.pattern, text)) return `must match ${field.pattern}`
  if (field.input === 'email' && !/^\S+@\S+$/.test(text)) return 'an address like ada@example.org'
  if (field.input === 'url' && !URL.canParse(text)) return 'an address like https://example.org'
  if (field.input === 'date' && !/^\d{4}-\d\d-\d\d$/.test(text)) return 'a day like 2030-01-31'
  if (field.input === 'date-time' && !MOMENT.test(text))
    return 'a time with its zone, like 2030-01-31T12:00:00Z'
  return undefined
}

const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i

/** Patterns are written for the API's own engine; what this one cannot read is not judged. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}

function numberHint(field: NumberField, text: string): string | undefined {
  const value = readNumber(text)
  if (value === undefined) return undefined
  if (field.isInteger && !isWhole(text)) return 'a whole number'
  if (field.minimum && isOutside(compare(text, field.minimum), field.minimum)) {
    return `${field.minimum.isExclusive ? 'more than' : 'at least'} ${field.minimum.value}`
  }
  if (field.maximum && isOutside(-compare(text, field.maximum), field.maximum)) {
    return `${field.maximum.isExclusive ? 'less than' : 'at most'} ${field.maximum.value}`
  }
  return undefined
}

const isOutside = (order: number, bound: Bound) => order < 0 || (order === 0 && bound.isExclusive)

const isWhole = (text: string) => Number.isInteger(Number(text))

/** Below zero: the text is the smaller. Integers are compared in full. */
function compare(text: string, { value }: Bound): number {
  if (INTEGER.test(text) && INTEGER.test(value)) return Number(BigInt(text) - BigInt(value))
  return Number(text) - Number(value)
}

const INTEGER = /^-?\d+$/

function readNumber(text: string) {
  try {
    const value = numberOf(text)
    return isNumber(value) ? value : undefined
  } catch {
    return undefined
  }
}
