import { expect, it } from 'vitest'
import { readJson, type JsonObject } from './lossless'
import { fieldsText, linesWith, logText } from './log-lines'

const NONE: JsonObject = {}
const lines = [
  {
    at: '2026-03-02T09:30:00Z',
    level: 'info',
    message: 'Sent the mail',
    fields: { to: 'a@b.c' } as JsonObject,
  },
  { at: '2026-03-02T09:30:01Z', level: 'error', message: 'two\nlines', fields: NONE },
]

it.each([
  ['', [0, 1]],
  ['MAIL', [0]],
  ['to="a@', [0]],
  ['lines', [1]],
  ['none', []],
])('%s is in lines %j', (text, found) =>
  expect(linesWith(lines, text).map((line) => lines.indexOf(line))).toEqual(found),
)

it('writes fields as JSON, and numbers as they came', () => {
  const fields = readJson('{"n": 1234567890123456789, "text": "a b", "deep": {"x": null}}') as JsonObject
  expect(fieldsText(fields)).toBe('n=1234567890123456789 text="a b" deep={"x":null}')
})

it('writes lines to be copied', () =>
  expect(logText(lines)).toBe(
    '2026-03-02T09:30:00Z info Sent the mail to="a@b.c"\n2026-03-02T09:30:01Z error two\nlines',
  ))
