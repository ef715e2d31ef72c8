import { isNumber, isObject, isSame, parseJson, print, printJson, wrap, type Json } from './lossless'
import { pointerWord } from './json-schema'
import type { ChoiceField, Field, GroupField, ListField } from './schema-fields'

/**
 * What a person has filled in. Nothing typed is lost on the way from a form to text and back: a value that does not fit
 * its field is kept, and shown, as JSON. undefined: left out.
 */
export type Draft =
  | { as: 'null' }
  /** Of a text as it is, of a number as it was typed. */
  | { as: 'text'; text: string }
  | { as: 'choice'; index: number }
  | { as: 'list'; items: (Draft | undefined)[] }
  /** others: the members that no field has, as the text of an object, or empty. */
  | { as: 'group'; members: ReadonlyMap<string, Draft>; others: string }
  | { as: 'json'; text: string }

/** What is wrong, and where: a JSON pointer into the request, as the API names it. */
export interface Wrong {
  pointer: string
  detail: string
}

export interface Written {
  /** The payload as JSON; what is broken stands in it as it was typed. */
  text: string
  /** Without these, `text` is JSON. */
  broken: Wrong[]
}

export const PAYLOAD = '/payload'
export const pointerTo = (pointer: string, name: string | number) => `${pointer}/${pointerWord(name)}`

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const LINE_END = /[\n\r]/
/** Places of a new list that are there at once, when it asks for more. */
const FIRST_ITEMS = 3

/** A form as it begins: required defaults and what has but one value are filled in. */
export function startDraft(field: Field): Draft | undefined {
  if (!field.isRequired) return undefined
  if (field.usual !== undefined) return draftOf(field, field.usual)
  return addDraft(field)
}

/** What `Add` makes of a part that was left out; undefined: there is nothing to begin with. */
export function addDraft(field: Field): Draft | undefined {
  switch (field.kind) {
    case 'group': {
      const begun = field.fields.map((one) => [one.name, startDraft(one)] as const)
      return { as: 'group', members: new Map(begun.filter(isSaid)), others: '' }
    }
    case 'list': {
      const items = Array.from({ length: Math.min(field.minItems, FIRST_ITEMS) }, () =>
        startDraft(field.item),
      )
      return { as: 'list', items }
    }
    case 'choice':
      return field.options.length === 1 ? { as: 'choice', index: 0 } : undefined
    default:
      return undefined
  }
}

const isSaid = (one: readonly [string, Draft | undefined]): one is [string, Draft] => one[1] !== undefined

export function draftOf(field: Field, value: Json): Draft {
  return fitting(field, value) ?? { as: 'json', text: printJson(value) }
}

function fitting(field: Field, value: Json): Draft | undefined {
  switch (field.kind) {
    case 'choice':
      return choiceOf(field, value)
    case 'text':
      if (typeof value === 'string' && isTypable(value, field.input === 'lines'))
        return { as: 'text', text: value }
      break
    case 'number':
      if (isNumber(value)) return { as: 'text', text: value.value }
      break
    case 'list':
      if (Array.isArray(value)) return { as: 'list', items: value.map((item) => draftOf(field.item, item)) }
      break
    case 'group':
      if (isObject(value)) return groupOf(field, value)
      break
  }
  return value === null && field.isNullable ? { as: 'null' } : undefined
}

function choiceOf(field: ChoiceField, value: Json): Draft | undefined {
  const index = field.options.findIndex((option) => isSame(option.value, value))
  if (index >= 0) return { as: 'choice', index }
  return value === null && field.isNullable ? { as: 'null' } : undefined
}

/** Inputs drop line ends, and areas make `\n` of `\r`. */
const isTypable = (text: string, hasLines: boolean) =>
  !text.includes('\r') && (hasLines || !LINE_END.test(text))

function groupOf(field: GroupField, value: { [name: string]: Json }): Draft {
  const members = new Map<string, Draft>()
  const others = { ...value }
  for (const one of field.fields) {
    if (!Object.hasOwn(value, one.name)) continue
    members.set(one.name, draftOf(one, value[one.name] as Json))
    delete others[one.name]
  }
  return { as: 'group', members, others: Object.keys(others).length > 0 ? printJson(others) : '' }
}

export function writePayload(field: Field, draft: Draft | undefined): Written {
  const writer = new Writer()
  return { text: writer.write(field, draft, PAYLOAD, '\n') ?? '{}', broken: writer.broken }
}

class Writer {
  readonly broken: Wrong[] = []

  /** undefined: it is left out. line: what begins a line of it. */
  write(field: Field, draft: Draft | undefined, pointer: string, line: string): string | undefined {
    switch (draft?.as) {
      case undefined:
        return undefined
      case 'null':
        return 'null'
      case 'choice':
        return print(field.kind === 'choice' ? (field.options[draft.index]?.value ?? null) : null, 2, line)
      case 'text':
        return field.kind === 'number' ? this.#number(draft.text, pointer) : JSON.stringify(draft.text)
      case 'list':
        return field.kind === 'list' ? this.#list(field, draft.items, pointer, line) : undefined
      case 'group':
        return field.kind === 'group' ? this.#group(field, draft, pointer, line) : undefined
      case 'json':
        return this.#json(draft.text, pointer, line)
    }
  }

  #number(text: string, pointer: string): string {
    if (!NUMBER.test(text.trim())) this.#say(pointer, 'is no number: write it like 42 or 0.5')
    return text.trim()
  }

  #json(text: string, pointer: string, line: string): string | undefined {
    if (text.trim() === '') return undefined
    const { value, problem } = parseJson(text)
    if (!problem) return print(value, 2, line)
    this.#say(pointer, `is no JSON: ${problem.message} (line ${problem.line}, column ${problem.column})`)
    return text
  }

  #list(field: ListField, items: (Draft | undefined)[], pointer: string, line: string): string {
    return wrap('[', ']', 2, line, (inner) =>
      items.map((item, at) => {
        const written = this.write(field.item, item, pointerTo(pointer, at), inner)
        if (written !== undefined) return written
        if (field.item.kind === 'text') return '""'
        this.#say(pointerTo(pointer, at), 'fill it in, or remove it')
        return ''
      }),
    )
  }

  #group(field: GroupField, draft: Draft & { as: 'group' }, pointer: string, line: string): string {
    return wrap('{', '}', 2, line, (inner) => {
      const parts = field.fields.flatMap((one) => {
        const written = this.write(one, draft.members.get(one.name), pointerTo(pointer, one.name), inner)
        return written === undefined ? [] : [`${JSON.stringify(one.name)}: ${written}`]
      })
      return [...parts, ...this.#others(field, draft, pointer, inner)]
    })
  }

  #others(field: GroupField, draft: Draft & { as: 'group' }, pointer: string, line: string): string[] {
    if (draft.others.trim() === '') return []
    const { value, problem } = parseJson(draft.others)
    if (problem || !isObject(value)) {
      const why = problem
        ? `${problem.message} (line ${problem.line}, column ${problem.column})`
        : 'no { and }'
      this.#say(othersPointer(pointer), `is no JSON object: ${why}`)
      return [draft.others]
    }
    const twice = field.fields.find((one) => Object.hasOwn(value, one.name))
    if (twice) this.#say(othersPointer(pointer), `has ${twice.name}, which has a field of its own`)
    return Object.entries(value).map(([name, of]) => `${JSON.stringify(name)}: ${print(of, 2, line)}`)
  }

  #say(pointer: string, detail: string) {
    this.broken.push({ pointer, detail })
  }
}

/** No member has this pointer: it ends in half an escape. */
export const othersPointer = (pointer: string) => `${pointer}/~`

/** Pointers of all fields on the screen, in its order. */
export function shownPointers(field: Field, draft: Draft | undefined, pointer = PAYLOAD): string[] {
  if (field.kind === 'group' && draft?.as === 'group') {
    const inner = field.fields.flatMap((one) =>
      shownPointers(one, draft.members.get(one.name), pointerTo(pointer, one.name)),
    )
    return [pointer, ...inner, othersPointer(pointer)]
  }
  if (field.kind === 'list' && draft?.as === 'list') {
    const inner = draft.items.flatMap((item, at) => shownPointers(field.item, item, pointerTo(pointer, at)))
    return [pointer, ...inner]
  }
  return [pointer]
}

const MISSING = /^"((?:[^"\\]|\\.)*)" is a required property$/

/**
 * Which field shows which sentences: each goes to the innermost that is there. A missing member is named by the API at
 * the object that wants it.
 */
export function placeWrongs(wrongs: readonly Wrong[], shown: Iterable<string>): Map<string, string[]> {
  const places = new Set(shown)
  const placed = new Map<string, string[]>()
  for (const wrong of wrongs) {
    const { pointer, detail } = missing(wrong, places) ?? wrong
    const place = innermost(pointer, places)
    const said = place === pointer ? detail : `${pointer.slice(place.length + 1) || 'payload'}: ${detail}`
    placed.set(place, [...(placed.get(place) ?? []), said])
  }
  return placed
}

function missing({ pointer, detail }: Wrong, places: Set<string>): Wrong | undefined {
  const name = MISSING.exec(detail)?.[1]
  if (name === undefined) return undefined
  const inner = pointerTo(pointer, JSON.parse(`"${name}"`) as string)
  return places.has(inner) ? { pointer: inner, detail: 'is required' } : undefined
}

function innermost(pointer: string, places: Set<string>): string {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) if (places.has(at)) return at
  return ''
}
