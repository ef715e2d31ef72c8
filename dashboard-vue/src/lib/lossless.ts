import { LosslessNumber, isLosslessNumber, parse } from 'lossless-json'

/**
 * JSON whose numbers stay as they were written: an integer above 2^53, `1.0` and `1e400` come out as they went in.
 * `JSON.parse` must not touch payloads, results and bounds of schemas.
 */

export interface JsonObject {
  [name: string]: Json
}

export type Json = null | boolean | string | LosslessNumber | Json[] | JsonObject

/** Where a text is no JSON: `line` and `column` count from 1. */
export interface JsonProblem {
  message: string
  line: number
  column: number
  /** Characters before it. */
  position: number
}

export type Parsed = { value: Json; problem?: undefined } | { value?: undefined; problem: JsonProblem }

export const isNumber = (value: unknown): value is LosslessNumber => isLosslessNumber(value)

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumber(value)

export const numberOf = (text: string | number) => new LosslessNumber(String(text))

/** Of an object's own member; undefined: it has none of this name. */
export const member = (value: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(value, name) ? value[name] : undefined

export function parseJson(text: string): Parsed {
  try {
    return { value: parse(text) as Json }
  } catch (error) {
    return { problem: problemOf(text, error) }
  }
}

/** For text that the API wrote. Throws SyntaxError. */
export const readJson = (text: string) => parse(text) as Json

function problemOf(text: string, error: unknown): JsonProblem {
  if (!(error instanceof SyntaxError)) return { message: 'nests too deep', ...placeOf(text, 0) }
  const [, message = error.message, position = '0'] = /^([^]*) at position (\d+)$/.exec(error.message) ?? []
  return { message: readable(message), ...placeOf(text, Number(position)) }
}

const readable = (message: string) =>
  (message[0] ?? '').toLowerCase() + message.slice(1).replace(/'\n'/, 'end of line').replace(/'\t'/, 'tab')

export function placeOf(text: string, position: number) {
  const before = text.slice(0, position).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, position }
}

/** With two spaces an indent, or on one line with `indent` 0. */
export const printJson = (value: Json, indent = 2) => print(value, indent, '\n')

/** A part of a larger text. line: what begins each of its lines. */
export function print(value: Json, indent: number, line: string): string {
  if (isNumber(value)) return value.value
  if (Array.isArray(value)) {
    return wrap('[', ']', indent, line, (inner) => value.map((item) => print(item, indent, inner)))
  }
  if (isObject(value)) {
    const colon = indent > 0 ? ': ' : ':'
    return wrap('{', '}', indent, line, (inner) =>
      Object.entries(value).map(([name, of]) => JSON.stringify(name) + colon + print(of, indent, inner)),
    )
  }
  return JSON.stringify(value)
}

/** parts: how members or items are written, given what begins each of their lines. */
export function wrap(
  open: string,
  close: string,
  indent: number,
  line: string,
  parts: (inner: string) => string[],
) {
  const inner = line + ' '.repeat(indent)
  const written = parts(inner)
  if (written.length === 0) return open + close
  if (indent === 0) return open + written.join(',') + close
  return open + inner + written.join(`,${inner}`) + line + close
}

/** The same value, whatever the order of members; `1` and `1.0` are two. */
export function isSame(one: Json, other: Json): boolean {
  if (isNumber(one)) return isNumber(other) && one.value === other.value
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, at) => isSame(item, other[at] as Json))
    )
  }
  if (isObject(one)) {
    const names = Object.keys(one)
    return (
      isObject(other) &&
      names.length === Object.keys(other).length &&
      names.every((name) => Object.hasOwn(other, name) && isSame(one[name] as Json, other[name] as Json))
    )
  }
  return one === other
}
