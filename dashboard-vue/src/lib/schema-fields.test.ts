import { describe, expect, it } from 'vitest'
import { printJson, readJson, type JsonObject } from './lossless'
import { payloadField, type Field } from './schema-fields'

const fieldsOf = (schema: string) => {
  const field = payloadField(readJson(schema) as JsonObject)
  return field.kind === 'group' ? field.fields : []
}

const one = (member: string, beside = '') => fieldsOf(`{"properties": {"x": ${member}}${beside}}`)[0] as Field

/** In short: the kind, and what matters of it. */
function brief(field: Field): string {
  const nullable = field.isNullable ? '?' : ''
  switch (field.kind) {
    case 'text':
      return `${field.input}${nullable}`
    case 'number': {
      const low = field.minimum && `${field.minimum.isExclusive ? '>' : '>='}${field.minimum.value}`
      const high = field.maximum && `${field.maximum.isExclusive ? '<' : '<='}${field.maximum.value}`
      return [field.isInteger ? 'integer' : 'number', low, high].filter(Boolean).join(' ') + nullable
    }
    case 'choice':
      return `one of ${field.options.map(({ label }) => label).join(' | ')}${nullable}`
    case 'list':
      return `list${nullable} of ${brief(field.item)}`
    case 'group':
      return `group${nullable}(${field.fields.map((inner) => `${inner.name}: ${brief(inner)}`).join(', ')})`
    case 'json':
      return `json${nullable}`
  }
}

describe('a member of the schema becomes', () => {
  it.each([
    ['{"type": "string"}', 'lines'],
    ['{"type": "string", "maxLength": 60}', 'text'],
    ['{"type": "string", "maxLength": 20000}', 'lines'],
    ['{"type": "string", "pattern": "^a", "maxLength": 20000}', 'text'],
    ['{"type": "string", "format": "email"}', 'email'],
    ['{"type": "string", "format": "uri", "maxLength": 4000}', 'url'],
    ['{"type": "string", "format": "date-time"}', 'date-time'],
    ['{"type": "string", "format": "uuid"}', 'lines'],
    [
      '{"type": "integer", "minimum": 1, "maximum": 9223372036854775807}',
      'integer >=1 <=9223372036854775807',
    ],
    ['{"type": "number", "exclusiveMinimum": 0, "maximum": 1}', 'number >0 <=1'],
    ['{"type": "number", "minimum": 0, "exclusiveMinimum": true}', 'number >0'],
    ['{"type": "boolean"}', 'one of true | false'],
    ['{"enum": ["small", "7", 7, null]}', 'one of small | "7" | 7 | null'],
    ['{"const": 2}', 'one of 2'],
    ['{"oneOf": [{"const": 1, "title": "One"}, {"const": 2}]}', 'one of One | 2'],
    ['{"type": ["string", "null"]}', 'lines?'],
    ['{"anyOf": [{"type": "integer"}, {"type": "null"}]}', 'integer?'],
    ['{"allOf": [{"type": "integer"}], "minimum": 3}', 'integer >=3'],
    ['{"type": "array", "items": {"type": "string", "minLength": 1}}', 'list of lines'],
    [
      '{"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}',
      'list of list of integer',
    ],
    [
      '{"type": "array", "items": {"type": "object", "properties": {"a": {"type": "number"}}}}',
      'list of group(a: number)',
    ],
    [
      '{"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {}}}}}',
      'group(a: group(b: json))',
    ],
    ['{"$ref": "#/$defs/city"}', 'text'],
    ['{"$ref": "#/$defs/tree"}', 'group(name: lines, children: json)'],
    ['{"anyOf": [{"$ref": "#/$defs/city"}, {"type": "null"}]}', 'text?'],
    ['{"$ref": "#/$defs/no%20such"}', 'json'],
    ['{"$ref": "https://example.org/schema"}', 'json'],
    ['{"$dynamicRef": "#a"}', 'json'],
    ['{"$ref": "#/$defs/a~1b"}', 'integer'],
    ['{"anyOf": [{"type": "string"}, {"type": "integer"}]}', 'json'],
    ['{"type": ["string", "integer"]}', 'json'],
    ['{"type": "string", "if": {"minLength": 3}, "then": {"pattern": "a"}}', 'json'],
    ['{"type": "object", "additionalProperties": {"type": "string"}}', 'json'],
    ['{"type": "array"}', 'json'],
    ['{"type": "array", "prefixItems": [{}], "items": {"type": "string"}}', 'json'],
    ['{}', 'json'],
    ['true', 'json'],
    ['{"type": "null"}', 'json'],
  ])('%s: %s', (member, expected) => {
    const definitions = `, "$defs": {
      "city": {"type": "string", "maxLength": 9},
      "a/b": {"type": "integer"},
      "tree": {"type": "object", "properties": {
        "name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}}`
    expect(brief(one(member, definitions))).toBe(expected)
  })
})

it('puts first what must be said', () => {
  const fields = fieldsOf('{"properties": {"a": {}, "b": {}, "c": {}}, "required": ["c", "b"]}')
  expect(fields.map(({ name, isRequired }) => [name, isRequired])).toEqual([
    ['b', true],
    ['c', true],
    ['a', false],
  ])
})

it('keeps what is said of a field', () => {
  const field = one(
    '{"type": "integer", "title": "Port", "description": "Of it.", "default": 9, "examples": [1]}',
  )
  expect(field).toMatchObject({ name: 'x', label: 'Port', description: 'Of it.' })
  expect([field.usual, ...field.examples].map((value) => printJson(value ?? null))).toEqual(['9', '1'])
})

describe('members without a field are asked for', () => {
  it.each([
    ['{"properties": {"a": {}}}', false],
    ['{"properties": {"a": {}}, "additionalProperties": false}', false],
    ['{"properties": {"a": {}}, "additionalProperties": {"type": "string"}}', true],
    ['{"properties": {"a": {}}, "patternProperties": {"^x": {}}, "additionalProperties": false}', true],
    ['{"properties": {"a": {}}, "required": ["b"]}', true],
    ['{"properties": {"a": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}', false],
    ['{"properties": {"a": {}}, "oneOf": [{"properties": {"b": {}}}, {"required": ["a"]}]}', true],
    ['{"properties": {"a": {}}, "if": {}, "then": {"properties": {"b": {}}}}', true],
  ])('%s: %s', (schema, isOpen) => {
    expect(payloadField(readJson(schema) as JsonObject)).toMatchObject({ kind: 'group', isOpen })
  })
})

describe('the payload as a whole is JSON', () => {
  it.each([
    ['{}'],
    ['{"type": "object"}'],
    ['{"type": "object", "properties": {}}'],
    ['{"type": "array", "items": {"type": "string"}}'],
  ])('of %s', (schema) => {
    expect(payloadField(readJson(schema) as JsonObject).kind).toBe('json')
  })

  it('without a schema', () => {
    expect(payloadField(null).kind).toBe('json')
  })
})
