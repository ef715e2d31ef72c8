import { expect, it } from 'vitest'
import { sentence } from './sentence'

it.each([
  ['resume the queue', 'Resume the queue.'],
  ['It runs.', 'It runs.'],
  ["'emails' is paused", "'emails' is paused."],
  ['see to Redis…', 'See to Redis…'],
  [' ', ''],
])('%j reads as %j', (clause, read) => expect(sentence(clause)).toBe(read))
