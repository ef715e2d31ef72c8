import { describe, expect, test } from 'vitest'
import type { components } from '@/api/schema'
import {
  countdown,
  droppedWhy,
  formatOwn,
  formatWall,
  isLate,
  offsetOf,
  readOnlyWhy,
  schedulePath,
  sightOf,
} from './schedules'

const NOW = Date.parse('2026-03-02T01:00:00Z')

test.each([
  ['2026-03-02T01:00:00.400Z', 'in 1s'],
  ['2026-03-02T01:00:59Z', 'in 59s'],
  ['2026-03-02T01:04:12Z', 'in 4m 12s'],
  ['2026-03-02T04:07:30Z', 'in 3h 07m'],
  ['2026-03-02T01:00:00Z', 'now'],
  ['2026-03-02T00:59:57Z', 'now'],
  ['2026-03-02T00:59:30Z', 'due 30s ago'],
])('to %s it is %s', (at, text) => expect(countdown(at, NOW)).toBe(text))

test.each([
  ['2026-11-29T02:30:00+01:00', 'Sun 2026-11-29 02:30', '+01:00'],
  ['2026-11-29T02:30:05-03:30', 'Sun 2026-11-29 02:30:05', '-03:30'],
  ['2026-11-29T00:00:00Z', 'Sun 2026-11-29 00:00', '+00:00'],
])('%s is %s on the wall, %s from UTC', (local, wall, offset) => {
  expect(formatWall(local)).toBe(wall)
  expect(offsetOf(local)).toBe(offset)
})

test('in UTC a time is as its zone shows it', () => {
  expect(formatOwn('2026-11-29T02:30:00Z', true)).toBe('2026-11-29 02:30')
  expect(formatOwn('2026-11-29T02:30:05Z', true)).toBe('2026-11-29 02:30:05')
})

test('jitter is no lateness', () => {
  expect(isLate(4, 0)).toBe(false)
  expect(isLate(6, 0)).toBe(true)
  expect(isLate(20, 30)).toBe(false)
})

test('what the file keeps is changed there', () => {
  expect(readOnlyWhy({ source: 'file', dropped_at: null })).toContain('change it there')
  expect(readOnlyWhy({ source: 'api', dropped_at: null })).toBeUndefined()
  expect(droppedWhy({ source: 'file', dropped_at: '2026-03-02T01:00:00Z' })).toContain('put it back')
  expect(droppedWhy({ source: 'file', dropped_at: null })).toBeUndefined()
})

test('a name is one part of the path', () => expect(schedulePath('a/b')).toBe('/schedules/a%2Fb'))

describe('who fires', () => {
  type Scheduler = components['schemas']['Scheduler']
  const scheduler = (host: string, change: Partial<Scheduler> = {}): Scheduler => ({
    id: host,
    host,
    pid: 7,
    version: '1',
    state: 'alive',
    leads: false,
    term: null,
    lag: 0,
    fired: 0,
    trouble: null,
    started_at: '2026-03-02T01:00:00Z',
    seen_at: '2026-03-02T01:00:00Z',
    ...change,
  })

  test('is the one that leads and lives', () => {
    const { leader, others } = sightOf([
      scheduler('dead', { state: 'lost', leads: true }),
      scheduler('one'),
      scheduler('two', { leads: true }),
    ])
    expect(leader?.host).toBe('two')
    expect(others.map(({ host }) => host)).toEqual(['one'])
  })

  test('is nobody, when none lives', () => {
    expect(sightOf([scheduler('dead', { state: 'ended', leads: true })])).toEqual({
      leader: null,
      others: [],
      troubles: [],
    })
  })

  test('says what troubles it', () => {
    expect(sightOf([scheduler('one', { trouble: 'no file' })]).troubles).toEqual([
      { host: 'one', trouble: 'no file' },
    ])
  })
})
