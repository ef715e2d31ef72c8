import { describe, expect, it } from 'vitest'
import { isSame, parseJson, printJson, readJson } from './lossless'

describe('printJson(readJson(text))', () => {
  it.each([
    ['an integer above 2^53', '9007199254740993'],
    ['the largest of 64 bits', '[9223372036854775807,-9223372036854775808]'],
    ['a fraction of zero', '{"a":1.0,"b":1e400,"c":0.1000000000000000055}'],
    ['what is empty', '{"a":{},"b":[],"c":"","d":null,"e":false}'],
    ['a name of old', '{"__proto__":{"x":1}}'],
    ['escapes', String.raw`["\n\t\"\\","\u0000","\ud800"]`],
    ['what is no ASCII', '"größer 😀"'],
  ])('keeps %s', (_, text) => {
    expect(printJson(readJson(text), 0)).toBe(text)
  })

  it('indents by two spaces', () => {
    expect(printJson(readJson('{"a":[1,{"b":2}],"c":{}}'))).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": 2\n    }\n  ],\n  "c": {}\n}',
    )
  })
})

describe('parseJson', () => {
  it.each([
    ['', 1, 1, /reached end of input/],
    ['{"a": 1,\n "b" 2}', 2, 6, /colon ':' expected/],
    ['[1,\n2,\n\n  tru]', 4, 3, /array item expected/],
    ['["a\nb"]', 1, 4, /end of line/],
    ['{"a":1,"a":2}', 1, 9, /duplicate key 'a'/],
    ['1.', 1, 3, /invalid number/],
    ['['.repeat(300_000), 1, 1, /nests too deep/],
  ])('says where %j is wrong', (text, line, column, message) => {
    const { problem } = parseJson(text)
    expect(problem).toMatchObject({ line, column })
    expect(problem?.message).toMatch(message)
  })
})

describe('isSame', () => {
  it.each([
    ['{"a":1,"b":[true]}', '{"b":[true],"a":1}', true],
    ['{"a":1}', '{"a":1,"b":2}', false],
    ['[1,2]', '[2,1]', false],
    ['9007199254740993', '9007199254740992', false],
    ['null', '{}', false],
    ['"1"', '1', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect(isSame(readJson(one), readJson(other))).toBe(same)
  })
})
