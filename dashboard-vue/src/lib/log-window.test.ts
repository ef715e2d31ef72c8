import { describe, expect, it } from 'vitest'
import { stepFrom, windowOf } from './log-window'

/** Numbers of other jobs' lines are between them. */
const lines = (count: number) => Array.from({ length: count }, (_, index) => ({ seq: 10 + index * 3 }))
const seqOf = (index: number) => 10 + index * 3

describe('windowOf', () => {
  it.each([
    ['nothing of nothing', 0, null, [0, 0]],
    ['all of a few', 50, null, [0, 50]],
    ['the newest of many', 10_000, null, [9_600, 10_000]],
    ['those from a line on', 10_000, seqOf(1_000), [1_000, 1_400]],
    ['those from where a line was', 10_000, seqOf(1_000) - 1, [1_000, 1_400]],
    ['no fewer at the end', 10_000, seqOf(9_990), [9_600, 10_000]],
    ['the newest where all that were meant have gone', 10_000, 1_000_000, [9_600, 10_000]],
  ])('%s', (_, count, firstSeq, [from, to]) => expect(windowOf(lines(count), firstSeq)).toEqual({ from, to }))
})

describe('stepFrom', () => {
  it.each([
    ['up', 9_600, -1, seqOf(9_400)],
    ['up to the first', 100, -1, seqOf(0)],
    ['not above the first', 0, -1, null],
    ['down', 1_000, 1, seqOf(1_200)],
    ['down to the last', 9_500, 1, seqOf(9_600)],
    ['not below the last', 9_600, 1, null],
  ] as const)('%s', (_, from, direction, seq) =>
    expect(stepFrom(lines(10_000), { from, to: from + 400 }, direction)).toBe(seq),
  )
})
