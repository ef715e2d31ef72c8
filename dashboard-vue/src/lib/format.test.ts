import { describe, expect, it } from 'vitest'
import {
  formatAge,
  formatBytes,
  formatCapped,
  formatClock,
  formatCount,
  formatDuration,
  formatMoment,
  formatPercent,
  formatRate,
  formatRelative,
  plural,
  shortId,
} from './format'

describe('figures', () => {
  it.each([
    [0, '0'],
    [9_999, '9,999'],
    [10_000, '10K'],
    [12_480, '12.5K'],
    [12_000_000, '12M'],
  ])('counts %d as %s', (count, text) => expect(formatCount(count)).toBe(text))

  it.each([
    [{ value: 10_000, relation: 'gte' }, '10K+'],
    [{ value: 41, relation: 'eq' }, '41'],
  ])('tells a capped count from an exact one', (count, text) => expect(formatCapped(count)).toBe(text))

  it.each([
    [0, '0'],
    [0.4, '0.4'],
    [3.14159, '3.1'],
    [12.4, '12'],
    [25_000, '25K'],
  ])('rates %d as %s', (rate, text) => expect(formatRate(rate)).toBe(text))

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [74_448_896, '71 MiB'],
  ])('sizes %d as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it('never shows 100% of what is not done', () => expect(formatPercent(0.999)).toBe('99%'))
  it('knows what 29 of 100 are', () => expect(formatPercent(29 / 100)).toBe('29%'))

  it.each([
    [1, '1 job'],
    [0, '0 jobs'],
    [12_480, '12.5K jobs'],
  ])('%d takes its noun', (count, text) => expect(plural(count, 'job')).toBe(text))
})

describe('times', () => {
  it.each([
    [null, '–'],
    [0.0004, '0 ms'],
    [0.9994, '999 ms'],
    [0.9996, '1.0 s'],
    [1.62, '1.6 s'],
    [59.96, '1m 00s'],
    [125, '2m 05s'],
    [3599.6, '1h 00m'],
    [11_220, '3h 07m'],
    [187_200, '2d 04h'],
    [-2, '-2.0 s'],
  ])('a duration of %d is %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text))

  it.each([
    [0.4, 'now'],
    [59.9, '59s'],
    [-300, '5m'],
    [90_000, '1d'],
  ])('an age of %d is %s', (seconds, text) => expect(formatAge(seconds)).toBe(text))

  it.each([
    ['2026-03-02T09:30:00Z', '3m ago'],
    ['2026-03-02T09:33:00.400Z', 'now'],
    ['2026-03-02T11:33:00Z', 'in 2h'],
  ])('%s is %s', (at, text) => expect(formatRelative(at, Date.parse('2026-03-02T09:33:00Z'))).toBe(text))

  it('writes UTC as UTC', () => {
    expect(formatMoment('2026-03-02T09:30:03.131000Z', true)).toBe('2026-03-02 09:30:03.131 UTC')
    expect(formatClock('2026-03-02T09:30:03.131000Z', true)).toBe('09:30:03')
  })

  it('writes local time of the same moment', () => {
    const at = new Date(2026, 2, 2, 9, 5, 3, 31).toISOString()
    expect(formatMoment(at, false)).toBe('2026-03-02 09:05:03.031')
  })
})

it('shortens an id to the end that differs', () =>
  expect(shortId('019cade2-1238-768e-8433-a398418d79cc')).toBe('418d79cc'))
