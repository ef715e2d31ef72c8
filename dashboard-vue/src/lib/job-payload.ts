/** Conditions on the payload: values as a URL has them, and as the objects a body has them. */
import { parse, LosslessNumber } from 'lossless-json'
import type { PayloadCondition } from '@/lib/job-filter'

export type JsonValue =
  string | number | boolean | null | LosslessNumber | JsonValue[] | { [name: string]: JsonValue }

const isExact = (text: string) => /^-?\d{1,15}$/.test(text) || /[.eE]/.test(text)
const readNumber = (text: string) => (isExact(text) ? Number(text) : new LosslessNumber(text))

/** Read as JSON, or else as a string; as the API does. */
function valueOf(text: string): JsonValue {
  try {
    return parse(text, null, readNumber) as JsonValue
  } catch {
    return text
  }
}

/** The shortest text that the API reads as this value: `"Ann"` is Ann, but `"42"` is not 42. */
export function readPayloadValue(text: string): string {
  const value = valueOf(text)
  return typeof value === 'string' && value !== '' && valueOf(value) === value ? value : text
}

/** The text of a string, whatever it looks like. */
export const payloadString = (text: string) => readPayloadValue(JSON.stringify(text))

/** The string that it stands for; null: it is some other JSON. */
export function stringOfPayload(text: string): string | null {
  const value = valueOf(text)
  return typeof value === 'string' ? value : null
}

/** Objects of which the payload must contain one: a value of each path beside one of every other. */
export const payloadObjects = (conditions: readonly PayloadCondition[]): { [name: string]: JsonValue }[] =>
  conditions.reduce<{ [name: string]: JsonValue }[]>(
    (objects, { path, values }) =>
      objects.flatMap((object) => values.map((value) => withMember(object, path.split('.'), valueOf(value)))),
    [{}],
  )

const isObject = (value: JsonValue | undefined): value is { [name: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber)

function withMember(
  object: { [name: string]: JsonValue },
  [name = '', ...rest]: string[],
  value: JsonValue,
): { [name: string]: JsonValue } {
  const inner = object[name]
  if (rest.length > 0) return { ...object, [name]: withMember(isObject(inner) ? inner : {}, rest, value) }
  return { ...object, [name]: isObject(inner) && isObject(value) ? { ...inner, ...value } : value }
}
