import { expect, it } from 'vitest'
import { fieldsText, linesWith, logText } from './log-lines'

const lines = [
  { at: '2026-03-02T09:30:00Z', level: 'info', message: 'Sent the mail', fields: { to: 'a@b.c' } },
  { at: '2026-03-02T09:30:01Z', level: 'error', message: 'two\nlines', fields: {} },
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

it('writes fields as JSON', () =>
  expect(fieldsText({ n: 1, text: 'a b', deep: { x: null } })).toBe('n=1 text="a b" deep={"x":null}'))

it('writes lines to be copied', () =>
  expect(logText(lines)).toBe(
    '2026-03-02T09:30:00Z info Sent the mail to="a@b.c"\n2026-03-02T09:30:01Z error two\nlines',
  ))
