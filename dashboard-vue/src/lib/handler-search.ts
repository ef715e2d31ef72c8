/** Types whose name or description has all the words, those whose name begins with them first. */
export function findHandlers<H extends { type: string; versions: { description: string }[] }>(
  handlers: H[],
  typed: string,
): H[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const textOf = (handler: H) => `${handler.type} ${handler.versions[0]?.description ?? ''}`.toLowerCase()
  const found = handlers.filter((handler) => words.every((word) => textOf(handler).includes(word)))
  const rank = ({ type }: H) => (type.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1)
  return found.toSorted((one, other) => rank(one) - rank(other) || one.type.localeCompare(other.type))
}
