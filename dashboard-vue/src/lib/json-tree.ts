import { isNumber, isObject, type Json, type JsonObject } from './lossless'

/** What a tree of JSON shows, and how much of it at once. */

export type Container = Json[] | JsonObject

export const isContainer = (value: Json): value is Container =>
  Array.isArray(value) || (isObject(value) && !isNumber(value))

export const childrenOf = (value: Container): [name: string, value: Json][] =>
  Array.isArray(value) ? value.map((item, at) => [String(at), item]) : Object.entries(value)

/** The containers to begin with open: level by level, while all rows together are no more than this. */
export function openedFirst(value: Json, rows: number): Set<Container> {
  const opened = new Set<Container>()
  let level = isContainer(value) ? [value] : []
  let left = rows
  while (level.length > 0) {
    const next: Container[] = []
    for (const one of level) {
      const inner = childrenOf(one).map(([, child]) => child)
      if (opened.size > 0 && inner.length > left) return opened
      opened.add(one)
      left -= inner.length
      next.push(...inner.filter(isContainer))
    }
    level = next
  }
  return opened
}

/** `3 items`, `1 member`. */
export function sizeLabel(value: Container): string {
  const count = Array.isArray(value) ? value.length : Object.keys(value).length
  const one = Array.isArray(value) ? 'item' : 'member'
  return `${count.toLocaleString('en')} ${count === 1 ? one : `${one}s`}`
}

export const isLink = (value: Json): value is string =>
  typeof value === 'string' && value.length <= 2_000 && /^https?:\/\/\S+$/i.test(value) && URL.canParse(value)
