import { isNumber, isObject, member, type Json, type JsonObject } from './lossless'

/** Reading JSON Schema: references into itself, null apart from the rest, members by their kind. */

export interface Resolved {
  schema: JsonObject
  /** The references that led here; one that came again would have no end. */
  path: string[]
  isNullable: boolean
}

/** Follow references and part null from the rest; undefined: it says too much for one control. */
export function resolve(
  root: JsonObject,
  schema: JsonObject,
  path: string[],
  isNullable = false,
): Resolved | undefined {
  const reference = member(schema, '$ref')
  if (typeof reference === 'string') {
    const target = path.includes(reference) ? undefined : lookUp(root, reference)
    if (!target) return undefined
    return resolve(root, merged(target, without(schema, '$ref')), [...path, reference], isNullable)
  }
  if (member(schema, '$dynamicRef') !== undefined) return undefined
  const alone = onlyBranch(schema)
  if (alone) {
    const beside = without(schema, 'anyOf', 'oneOf', 'allOf')
    return resolve(root, merged(alone.schema, beside), path, isNullable || alone.isNullable)
  }
  const type = member(schema, 'type')
  if (!Array.isArray(type)) return { schema, path, isNullable }
  const types = type.filter((one) => one !== 'null')
  if (types.length !== 1) return undefined
  return {
    schema: { ...schema, type: types[0] as Json },
    path,
    isNullable: isNullable || types.length < type.length,
  }
}

function lookUp(root: JsonObject, reference: string): JsonObject | undefined {
  if (!reference.startsWith('#/')) return undefined
  let at: Json | undefined = root
  for (const word of pointerWords(decoded(reference.slice(1)))) {
    if (Array.isArray(at)) at = at[Number(word)]
    else at = isObject(at) ? member(at, word) : undefined
  }
  return isObject(at) ? at : undefined
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}

/** What a schema says beside a reference goes before what is said there. */
function merged(there: JsonObject, beside: JsonObject): JsonObject {
  const whole: JsonObject = { ...there, ...beside }
  const [one, other] = [member(there, 'properties'), member(beside, 'properties')]
  if (isObject(one) && isObject(other)) whole.properties = { ...one, ...other }
  const required = [...textsOf(there, 'required'), ...textsOf(beside, 'required')]
  if (required.length > 0) whole.required = required
  return whole
}

const without = (schema: JsonObject, ...names: string[]): JsonObject =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)))

/** `anyOf: [X, {type: null}]` is X or null; `allOf: [X]` is X. */
function onlyBranch(schema: JsonObject): { schema: JsonObject; isNullable: boolean } | undefined {
  const lists = BRANCHES.filter((word) => member(schema, word) !== undefined)
  const branches = lists.length === 1 ? branchesOf(schema, ...lists) : []
  const others = branches.filter((branch) => !(isObject(branch) && branch.type === 'null'))
  const [only] = others
  if (others.length !== 1 || !isObject(only)) return undefined
  return { schema: only, isNullable: others.length < branches.length }
}

export const BRANCHES = ['anyOf', 'oneOf', 'allOf'] as const

export function branchesOf(schema: JsonObject, ...words: readonly string[]): Json[] {
  return words.flatMap((word) => {
    const list = member(schema, word)
    return Array.isArray(list) ? list : []
  })
}

export function textOf(schema: JsonObject, name: string): string | undefined {
  const value = member(schema, name)
  return typeof value === 'string' ? value : undefined
}

export function countOf(schema: JsonObject, name: string): number | undefined {
  const value = member(schema, name)
  return isNumber(value) ? Number(value.value) : undefined
}

export function textsOf(schema: JsonObject, name: string): string[] {
  const value = member(schema, name)
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

export const pointerWords = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map((word) => word.replaceAll('~1', '/').replaceAll('~0', '~'))

export const pointerWord = (word: string | number) => String(word).replaceAll('~', '~0').replaceAll('/', '~1')
