import { BRANCHES, branchesOf, countOf, resolve, textOf, textsOf } from './json-schema'
import { isNumber, isObject, member, printJson, type Json, type JsonObject } from './lossless'

/**
 * What a form shows of a JSON Schema. The API alone judges a payload: what a field knows of bounds is a hint. Whatever has
 * no control of its own is a `json` field, so that nothing of a payload is out of reach.
 */
export type Field = TextField | NumberField | ChoiceField | ListField | GroupField | JsonField

interface Described {
  /** The member's name; of an item of a list empty. */
  name: string
  label: string
  isRequired: boolean
  isNullable: boolean
  description: string
  /** What counts when it is left out. */
  usual?: Json
  examples: Json[]
}

export interface TextField extends Described {
  kind: 'text'
  input: 'text' | 'email' | 'url' | 'date' | 'time' | 'date-time' | 'lines'
  minLength?: number
  maxLength?: number
  pattern?: string
}

export interface NumberField extends Described {
  kind: 'number'
  isInteger: boolean
  minimum?: Bound
  maximum?: Bound
}

export interface Bound {
  value: string
  isExclusive: boolean
}

/** Of an enum, a const, a boolean. */
export interface ChoiceField extends Described {
  kind: 'choice'
  options: { value: Json; label: string }[]
}

export interface ListField extends Described {
  kind: 'list'
  item: Field
  minItems: number
  maxItems: number
}

export interface GroupField extends Described {
  kind: 'group'
  fields: Field[]
  /** The schema allows, or may ask for, members that are not among `fields`. */
  isOpen: boolean
}

export interface JsonField extends Described {
  kind: 'json'
}

const INPUTS: Record<string, TextField['input']> = {
  email: 'email',
  'idn-email': 'email',
  uri: 'url',
  url: 'url',
  date: 'date',
  time: 'time',
  'date-time': 'date-time',
}

/** Longer texts may have line ends in them. */
const ONE_LINE = 500

const WHOLE = { name: '', label: '', isRequired: true, isNullable: false, description: '', examples: [] }

/** The payload as a whole. schema: null where the handler has none. */
export function payloadField(schema: JsonObject | null): Field {
  const field = read(schema ?? {}, { root: schema ?? {}, name: '', isRequired: true, path: [] })
  return field.kind === 'group' || field.kind === 'json' ? field : { ...WHOLE, kind: 'json' }
}

interface Place {
  root: JsonObject
  name: string
  isRequired: boolean
  /** The references that lead here. */
  path: string[]
}

function read(schema: Json, place: Place): Field {
  const said = isObject(schema) ? schema : {}
  const found = isObject(schema) ? resolve(place.root, schema, place.path) : undefined
  if (!found) return { ...describe(said, place), kind: 'json' }
  const described = { ...describe(found.schema, place), isNullable: found.isNullable }
  return { ...described, ...controlOf(found.schema, { ...place, path: found.path }) }
}

type Own<F> = Omit<F, keyof Described>
type Control =
  Own<TextField> | Own<NumberField> | Own<ChoiceField> | Own<ListField> | Own<GroupField> | Own<JsonField>

function controlOf(schema: JsonObject, place: Place): Control {
  const options = optionsOf(schema)
  if (options) return { kind: 'choice', options }
  const properties = member(schema, 'properties')
  if (isObject(properties)) return groupControl(schema, properties, place)
  // Branches of an object say which members go together; those of anything else, what it is.
  if ([...BRANCHES, 'if'].some((word) => member(schema, word) !== undefined)) return { kind: 'json' }
  switch (member(schema, 'type')) {
    case 'string':
      return textControl(schema)
    case 'integer':
    case 'number':
      return numberControl(schema)
    case 'array':
      return listControl(schema, place)
    default:
      return { kind: 'json' }
  }
}

function listControl(schema: JsonObject, place: Place): Control {
  const items = member(schema, 'items')
  if (!isObject(items) || member(schema, 'prefixItems')) return { kind: 'json' }
  const item = read(items, { ...place, name: '', isRequired: true })
  if (item.kind === 'json') return { kind: 'json' }
  return {
    kind: 'list',
    item,
    minItems: countOf(schema, 'minItems') ?? 0,
    maxItems: countOf(schema, 'maxItems') ?? Infinity,
  }
}

function groupControl(schema: JsonObject, properties: JsonObject, place: Place): Control {
  const type = member(schema, 'type') ?? 'object'
  if (type !== 'object' || Object.keys(properties).length === 0) return { kind: 'json' }
  const required = textsOf(schema, 'required')
  const fields = Object.entries(properties).map(([name, of]) =>
    read(of, { ...place, name, isRequired: required.includes(name) }),
  )
  // The store keeps no order of members: those that must be said come first.
  fields.sort((one, other) => Number(other.isRequired) - Number(one.isRequired))
  return { kind: 'group', fields, isOpen: isOpen(schema, properties) }
}

function describe(schema: JsonObject, { name, isRequired }: Place): Described {
  const examples = member(schema, 'examples')
  const usual = member(schema, 'default')
  return {
    name,
    label: textOf(schema, 'title') ?? name,
    isRequired,
    isNullable: false,
    description: textOf(schema, 'description') ?? '',
    examples: Array.isArray(examples) ? examples : [],
    ...(usual === undefined ? {} : { usual }),
  }
}

function textControl(schema: JsonObject): Control {
  const pattern = textOf(schema, 'pattern')
  const maxLength = countOf(schema, 'maxLength')
  const isOneLine = pattern !== undefined || (maxLength ?? Infinity) <= ONE_LINE
  return {
    kind: 'text',
    input: INPUTS[textOf(schema, 'format') ?? ''] ?? (isOneLine ? 'text' : 'lines'),
    ...defined({ pattern, maxLength, minLength: countOf(schema, 'minLength') }),
  }
}

function numberControl(schema: JsonObject): Control {
  return {
    kind: 'number',
    isInteger: schema.type === 'integer',
    ...defined({
      minimum: boundOf(schema, 'minimum', 'exclusiveMinimum'),
      maximum: boundOf(schema, 'maximum', 'exclusiveMaximum'),
    }),
  }
}

function boundOf(schema: JsonObject, inclusive: string, exclusive: string): Bound | undefined {
  const beyond = member(schema, exclusive)
  if (isNumber(beyond)) return { value: beyond.value, isExclusive: true }
  const bound = member(schema, inclusive)
  // Draft 4 wrote `exclusiveMinimum: true` beside the bound.
  return isNumber(bound) ? { value: bound.value, isExclusive: beyond === true } : undefined
}

/** The values of an enum, a const, a boolean, or of branches that are each a const; undefined: it is none of these. */
function optionsOf(schema: JsonObject): ChoiceField['options'] | undefined {
  const constant = member(schema, 'const')
  if (constant !== undefined) return [labelled(constant)]
  const listed = member(schema, 'enum')
  if (Array.isArray(listed)) return listed.map((value) => labelled(value))
  if (schema.type === 'boolean') return [labelled(true), labelled(false)]
  const branches = branchesOf(schema, 'oneOf', 'anyOf')
  const constants = branches.filter(isObject).filter((branch) => member(branch, 'const') !== undefined)
  if (constants.length === 0 || constants.length < branches.length) return undefined
  return constants.map((branch) => labelled(branch.const as Json, textOf(branch, 'title')))
}

const labelled = (value: Json, title?: string) => ({ value, label: title ?? plain(value) })

/** Quotes only where a text could be taken for something else. */
function plain(value: Json): string {
  if (typeof value !== 'string') return printJson(value, 0)
  return value === '' || /^(true|false|null|-?\d.*)$/.test(value) ? JSON.stringify(value) : value
}

/** Whether the schema speaks of members that are not among its properties. */
function isOpen(schema: JsonObject, properties: JsonObject): boolean {
  const others = member(schema, 'additionalProperties')
  if (isObject(member(schema, 'patternProperties')) || isObject(others)) return true
  if (others === false) return false
  const branches = branchesOf(schema, ...BRANCHES).filter(isObject)
  const said = [...branches, ...['then', 'else'].map((word) => member(schema, word)).filter(isObject)]
  return (
    textsOf(schema, 'required').some((name) => !Object.hasOwn(properties, name)) ||
    said.some((one) => isObject(member(one, 'properties')))
  )
}

const defined = <T extends object>(members: T) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>
