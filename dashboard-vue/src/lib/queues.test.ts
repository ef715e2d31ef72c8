import { describe, expect, it } from 'vitest'
import {
  drainTime,
  endedByGroup,
  jobsOfQueue,
  neverDrains,
  queuePath,
  readLimit,
  runningOf,
  sortQueues,
  type QueueFacts,
} from './queues'

const queue = (name: string, facts: Partial<QueueFacts> = {}): QueueFacts => ({
  name,
  queued: 0,
  processing: 0,
  paused: false,
  oldest_seconds: null,
  seconds_to_drain: null,
  ...facts,
})
const waiting = (name: string, oldest_seconds: number, facts: Partial<QueueFacts> = {}) =>
  queue(name, { queued: 5, oldest_seconds, seconds_to_drain: 12, ...facts })

describe('sortQueues', () => {
  const order = (queues: QueueFacts[], by: 'trouble' | 'name' = 'trouble') =>
    sortQueues(queues, by)
      .map(({ name }) => name)
      .join(' ')

  it.each<[string, QueueFacts[], string]>([
    ['no trouble is by name', [queue('b'), queue('a10'), queue('a9')], 'a9 a10 b'],
    ['paused with jobs first', [waiting('a', 900), waiting('z', 1, { paused: true })], 'z a'],
    [
      'paused without jobs is little trouble',
      [queue('z', { paused: true }), waiting('a', 30), queue('b')],
      'a z b',
    ],
    ['longer waits first', [waiting('a', 61), waiting('b', 4000), waiting('c', 5)], 'b a c'],
    ['waits of one kind stay in place', [waiting('a', 61), waiting('b', 250)], 'a b'],
    [
      'of the same wait those that never drain',
      [waiting('a', 100), waiting('b', 100, { seconds_to_drain: null })],
      'b a',
    ],
  ])('%s', (_, queues, expected) => expect(order(queues)).toBe(expected))

  it('goes by name when asked', () => {
    expect(order([waiting('b', 9000, { paused: true }), queue('a')], 'name')).toBe('a b')
  })
})

describe('drainTime', () => {
  it.each([
    [queue('a'), '–'],
    [waiting('a', 5), '12.0 s'],
    [waiting('a', 5, { seconds_to_drain: null }), 'not known yet'],
    [waiting('a', 90, { seconds_to_drain: null }), 'never'],
    [waiting('a', 5, { seconds_to_drain: null, paused: true }), 'never'],
  ])('%o is %s', (facts, text) => expect(drainTime(facts)).toBe(text))
})

it('knows who never drains only after a while', () => {
  expect(neverDrains(waiting('a', 59, { seconds_to_drain: null }))).toBe(false)
  expect(neverDrains(waiting('a', 60, { seconds_to_drain: null }))).toBe(true)
})

it('tells what runs of what may', () => {
  expect(runningOf({ processing: 3, limit: null })).toBe('3')
  expect(runningOf({ processing: 12_000, limit: 12_500 })).toBe('12K of 12.5K')
})

describe('readLimit', () => {
  it.each(['1', ' 40 ', '1000000'])('%s', (text) => expect(readLimit(text)).toEqual({ limit: Number(text) }))
  it.each(['', '0', '-1', '1.5', 'x', '1000001', '1e3'])('%s is none', (text) =>
    expect(readLimit(text)).toHaveProperty('problem'),
  )
})

it('writes paths of any name', () => {
  expect(queuePath('a/b c')).toBe('/queues/a%2Fb%20c')
  expect(jobsOfQueue('a&b', 'failed')).toBe('/jobs?queue=a%26b&status=failed')
})

it('adds up what ended', () => {
  const groups = { a: { completed: [1, null, 3], failed: [1, 1, null] }, b: {} }
  expect(endedByGroup(groups)).toEqual({ a: [2, 1, 3], b: [] })
})
