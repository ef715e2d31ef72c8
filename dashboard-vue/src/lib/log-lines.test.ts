import { expect, it } from 'vitest'
import { fieldsText, linesWith } from './log-lines'

const lines = [
  { message: 'Sent the mail', fields: { to: 'a@b.c' } },
  { message: 'two\nlines', fields: {} },
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
