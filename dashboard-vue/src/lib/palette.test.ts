import { describe, expect, it } from 'vitest'
import { fitness, matching, typedJobId } from './palette'

const entries = ['Overview', 'Queues', 'emails', 'bulk-emails', 'Show times in UTC'].map((label) => ({
  label,
}))
const found = (text: string) => matching(entries, text, 10).map(({ label }) => label)

describe('matching', () => {
  it.each([
    ['em', ['emails', 'bulk-emails']],
    ['time utc', ['Show times in UTC']],
    ['view', ['Overview']],
    ['nothing such', []],
  ])('finds %s', (text, labels) => expect(found(text)).toEqual(labels))

  it('offers all when nothing was typed', () => expect(matching(entries, ' ', 3)).toHaveLength(3))

  it('thinks more of a beginning than of a middle', () =>
    expect(fitness('emails', 'em')).toBeGreaterThan(fitness('systems', 'em') ?? 0))
})

it.each([
  ['019CADE2-1238-768e-8433-a398418d79cc', '019cade2-1238-768e-8433-a398418d79cc'],
  [' 019cade2-1238-768e-8433-a398418d79cc ', '019cade2-1238-768e-8433-a398418d79cc'],
  ['019cade21238768e8433a398418d79cc', '019cade2-1238-768e-8433-a398418d79cc'],
  ['019cade2', undefined],
  ['emails', undefined],
])('reads %s as the id of a job: %s', (text, id) => expect(typedJobId(text)).toBe(id))
