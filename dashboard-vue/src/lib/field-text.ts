import { printJson } from './lossless'
import type { Field } from './schema-fields'

/** Ids have no spaces, names of members may. */
export const fieldId = (pointer: string) => `field${encodeURIComponent(pointer)}`

/** What an empty control says: its default, or an example. */
export function placeholderOf(field: Field): string {
  if (field.usual !== undefined) return `${printJson(field.usual, 0)} if left out`
  const [example] = field.examples
  if (example !== undefined)
    return `for example ${typeof example === 'string' ? example : printJson(example, 0)}`
  if (field.kind === 'text' && field.input === 'date-time') return '2030-01-31T12:00:00Z'
  return field.kind === 'text' && field.input === 'date' ? '2030-01-31' : ''
}

/** `1 to 10`, `at most 40 characters`: what is known of it before anything is typed. */
export function boundsOf(field: Field): string {
  switch (field.kind) {
    case 'number': {
      const low =
        field.minimum && `${field.minimum.isExclusive ? 'more than' : 'at least'} ${field.minimum.value}`
      const high =
        field.maximum && `${field.maximum.isExclusive ? 'less than' : 'at most'} ${field.maximum.value}`
      return [low, high].filter(Boolean).join(', ')
    }
    case 'list':
      return field.maxItems < Infinity ? `at most ${field.maxItems}` : ''
    default:
      return ''
  }
}
