import { printJson, type JsonObject } from './lossless'

interface Line {
  at: string
  level: string
  message: string
  fields: JsonObject
}

/** What a line said beside its message: `user=42 path="a b"`. */
export const fieldsText = (fields: JsonObject) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${printJson(value, 0)}`)
    .join(' ')

/** Those in whose message or fields the text is, in any case of letters. */
export function linesWith<T extends Line>(lines: readonly T[], text: string): readonly T[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return lines
  return lines.filter(
    ({ message, fields }) =>
      message.toLowerCase().includes(wanted) || fieldsText(fields).toLowerCase().includes(wanted),
  )
}

/** To be copied: a line each, `2026-03-02T09:30:00Z info sent to="a"`. */
export const logText = (lines: readonly Line[]) =>
  lines
    .map((line) => `${line.at} ${line.level} ${line.message} ${fieldsText(line.fields)}`.trimEnd())
    .join('\n')
