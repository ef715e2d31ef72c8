import { describe, expect, it } from 'vitest'
import { isSame, printJson, readJson, type JsonObject } from './lossless'
import { payloadField, type Field } from './schema-fields'
import { draftOf, placeWrongs, shownPointers, startDraft, writePayload, type Draft } from './schema-form'
import { hintOf } from './schema-hints'

const SCHEMA = `{
  "type": "object",
  "required": ["name", "count", "version", "lines"],
  "properties": {
    "name": {"type": "string", "minLength": 2},
    "line": {"type": "string", "maxLength": 20},
    "count": {"type": "integer", "minimum": 1, "default": 3},
    "ratio": {"type": "number"},
    "flag": {"type": "boolean"},
    "size": {"enum": ["small", "7", 7]},
    "version": {"const": 2},
    "note": {"type": ["string", "null"]},
    "labels": {"type": "array", "items": {"type": "string"}},
    "numbers": {"type": "array", "items": {"type": "integer"}},
    "address": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "lines": {"type": "array", "minItems": 1,
      "items": {"type": "object", "properties": {"amount": {"type": "integer"}}, "required": ["amount"]}},
    "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]}
  }
}`
const FIELD = payloadField(readJson(SCHEMA) as JsonObject)

const fieldOf = (member: string): Field => {
  const field = payloadField(readJson(`{"properties": {"x": ${member}}}`) as JsonObject)
  if (field.kind !== 'group') throw new Error('no group')
  return field.fields[0] as Field
}

const text = (typed: string): Draft => ({ as: 'text', text: typed })

describe('a payload goes into the form and comes out the same', () => {
  it.each([
    ['{}'],
    ['{"name": "Ada", "count": 9007199254740993, "version": 2, "lines": [{"amount": 1}, {"amount": 2}]}'],
    ['{"ratio": 1.0, "flag": false, "size": 7, "note": null, "labels": ["a", ""], "numbers": []}'],
    ['{"size": "7", "note": "", "address": {"city": "Bern", "zip": 3000}, "either": {"a": [1]}}'],
    ['{"unknown": {"deep": [9223372036854775807]}, "__proto__": 1}'],
    // What does not fit:
    ['{"name": 1, "count": "3", "flag": "yes", "size": "huge", "version": 3, "address": [], "lines": {}}'],
    ['{"name": null, "labels": [1, null], "numbers": [1, "2"], "lines": [{"amount": "x", "y": 1}, 3]}'],
    ['{"line": "two\\nlines", "name": "two\\nlines", "note": "old\\r\\nline ends"}'],
  ])('%s', (payload) => {
    const value = readJson(payload)
    const { text: written, broken } = writePayload(FIELD, draftOf(FIELD, value))
    expect(broken).toEqual([])
    expect(isSame(readJson(written), value), written).toBe(true)
  })
})

it('begins with required defaults and what has one value', () => {
  expect(readJson(writePayload(FIELD, startDraft(FIELD)).text)).toEqual(
    readJson('{"count": 3, "version": 2, "lines": [{}]}'),
  )
})

it('writes as printJson does', () => {
  const value = readJson(
    '{"name": "Ada", "labels": ["a", "b"], "numbers": [], "address": {"city": "Bern"}, "z": {"a": [1]}}',
  )
  expect(writePayload(FIELD, draftOf(FIELD, value)).text).toBe(printJson(value))
})

describe('what is typed', () => {
  const number = fieldOf('{"type": "integer"}')
  it.each([
    ['42', undefined],
    [' 42 ', undefined],
    ['-0.5e3', undefined],
    ['9007199254740993', undefined],
    ['', 'is no number'],
    ['abc', 'is no number'],
    ['1, "y": 2', 'is no number'],
    ['007', 'is no number'],
  ])('as a number: %j', (typed, problem) => {
    const { broken } = writePayload(number, text(typed))
    expect(broken[0]?.detail.slice(0, 12)).toBe(problem)
  })

  it.each([
    ['{"a": 1}', undefined],
    ['', undefined],
    ['{"a": }', "is no JSON: object value expected after ':' (line 1, column 7)"],
  ])('as JSON: %j', (typed, problem) => {
    expect(writePayload(fieldOf('{}'), { as: 'json', text: typed }).broken[0]?.detail).toBe(problem)
  })

  it.each([
    ['{"more": 1}', undefined],
    ['[1]', 'is no JSON object: no { and }'],
    ['{"name": "twice"}', 'has name, which has a field of its own'],
  ])('as other members: %j', (typed, problem) => {
    const { broken } = writePayload(FIELD, { as: 'group', members: new Map(), others: typed })
    expect(broken.map(({ detail }) => detail)).toEqual(problem ? [problem] : [])
  })

  it('stands in the text also where it is broken', () => {
    const draft: Draft = { as: 'group', members: new Map([['count', text('12x')]]), others: '' }
    expect(writePayload(FIELD, draft)).toEqual({
      text: '{\n  "count": 12x\n}',
      broken: [{ pointer: '/payload/count', detail: 'is no number: write it like 42 or 0.5' }],
    })
  })

  it('leaves no empty place in a list of numbers', () => {
    const draft: Draft = { as: 'list', items: [text('1'), undefined] }
    const { broken } = writePayload(fieldOf('{"type": "array", "items": {"type": "integer"}}'), draft)
    expect(broken).toEqual([{ pointer: '/payload/1', detail: 'fill it in, or remove it' }])
  })
})

describe('placeWrongs', () => {
  const shown = shownPointers(
    FIELD,
    draftOf(FIELD, readJson('{"lines": [{"amount": 1}], "address": {"city": ""}}')),
  )
  it.each([
    ['/payload/name', 'is short', '/payload/name', 'is short'],
    ['/payload', '"version" is a required property', '/payload/version', 'is required'],
    ['/payload/address', '"city" is a required property', '/payload/address/city', 'is required'],
    ['/payload', '"un\\"known" is a required property', '/payload', '"un\\"known" is a required property'],
    ['/payload/lines/0/amount', 'is small', '/payload/lines/0/amount', 'is small'],
    ['/payload/lines/7/amount', 'is small', '/payload/lines', '7/amount: is small'],
    ['/payload/labels/0', 'is small', '/payload/labels', '0: is small'],
    ['/payload/either/a/b', 'is odd', '/payload/either', 'a/b: is odd'],
    ['/queue', 'is no name', '', 'queue: is no name'],
    ['', 'is no object', '', 'is no object'],
  ])('%s %s: at %s', (pointer, detail, place, said) => {
    expect([...placeWrongs([{ pointer, detail }], shown)]).toEqual([[place, [said]]])
  })
})

describe('hintOf', () => {
  it.each([
    ['{"type": "string", "minLength": 2}', '😀', 'at least 2 characters'],
    ['{"type": "string", "maxLength": 2}', '😀😀', undefined],
    ['{"type": "string", "pattern": "^[A-Z]+$"}', 'a', 'must match ^[A-Z]+$'],
    ['{"type": "string", "pattern": "(?P<python>a)"}', 'b', undefined],
    ['{"type": "string", "format": "email"}', 'ada', 'an address like ada@example.org'],
    ['{"type": "string", "format": "uri"}', 'no', 'an address like https://example.org'],
    [
      '{"type": "string", "format": "date-time"}',
      '2030-01-31T12:00',
      'a time with its zone, like 2030-01-31T12:00:00Z',
    ],
    ['{"type": "string", "format": "date-time"}', '2030-01-31T12:00:00+01:00', undefined],
    ['{"type": "integer"}', '1.5', 'a whole number'],
    ['{"type": "integer"}', '1.0', undefined],
    ['{"type": "integer", "maximum": 9007199254740992}', '9007199254740993', 'at most 9007199254740992'],
    ['{"type": "number", "exclusiveMinimum": 0}', '0', 'more than 0'],
    ['{"type": "number", "exclusiveMaximum": 1}', '0.9', undefined],
    ['{"type": "number", "minimum": 0}', 'abc', undefined],
  ])('%s %j: %s', (schema, typed, hint) => {
    expect(hintOf(fieldOf(schema), text(typed))).toBe(hint)
  })

  it('counts items', () => {
    const list = fieldOf('{"type": "array", "items": {"type": "string"}, "maxItems": 1, "minItems": 1}')
    expect(hintOf(list, { as: 'list', items: [] })).toBe('at least 1')
    expect(hintOf(list, { as: 'list', items: [text('a'), text('b')] })).toBe('at most 1')
  })
})
