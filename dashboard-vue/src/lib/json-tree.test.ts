import { describe, expect, it } from 'vitest'
import { isLink, openedFirst, sizeLabel, type Container } from './json-tree'
import { readJson } from './lossless'

describe('openedFirst', () => {
  it.each([
    ['{"a": {"b": {"c": 1}}}', 100, 3],
    ['{"a": {"b": {"c": 1}}}', 2, 2],
    ['[[1, 2], [3, 4], [5, 6]]', 8, 3],
    ['[1, 2, 3, 4]', 2, 1],
    ['"text"', 100, 0],
    ['9007199254740993', 100, 0],
  ])('%s in %i rows: %i', (text, rows, opened) => {
    expect(openedFirst(readJson(text), rows).size).toBe(opened)
  })
})

it.each([
  ['[]', '0 items'],
  ['[1]', '1 item'],
  ['{"a": 1, "b": 2}', '2 members'],
])('sizeLabel of %s: %s', (text, label) => {
  expect(sizeLabel(readJson(text) as Container)).toBe(label)
})

it.each([
  ['"https://example.org/a?b=c"', true],
  ['"http://localhost:8080"', true],
  ['"see https://example.org"', false],
  ['"https://a b"', false],
  ['"javascript:alert(1)"', false],
  ['"https://"', false],
  ['1', false],
])('isLink(%s): %s', (text, expected) => {
  expect(isLink(readJson(text))).toBe(expected)
})
