/** A clause of the API as a sentence of its own: a capital letter first, a full stop last. */
export function sentence(clause: string): string {
  const text = clause.trim()
  if (text === '') return ''
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?…:]$/.test(begun) ? begun : `${begun}.`
}
