import { describe, expect, it } from 'vitest'
import { printDuration, readDuration, readMoment, resolveMoment } from '@/lib/moment'

const NOW = Date.parse('2026-03-02T12:00:00Z')

describe('a duration', () => {
  it.each([
    ['90', 90],
    ['30s', 30],
    ['1.5m', 90],
    ['1h30m', 5400],
    ['250ms', 0.25],
    ['2w', 1_209_600],
    ['', null],
    ['h', null],
    ['1 h', null],
    ['1y', null],
    ['-1h', null],
  ])('%s is %s seconds', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds)
  })

  it.each([0, 0.25, 1, 1.5, 60, 90, 3600, 5400, 86_400, 90_061.5])(
    'of %s s is read as it was written',
    (seconds) => {
      expect(readDuration(printDuration(seconds))).toBe(seconds)
    },
  )
})

describe('a moment', () => {
  it.each([
    ['2h', '2026-03-02T10:00:00.000Z'],
    ['+10m', '2026-03-02T12:10:00.000Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01 09:30', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:05+02:00', '2026-03-01T07:30:05.000Z'],
  ])('%s is %s', (text, at) => {
    const moment = readMoment(text, true)
    expect(moment).not.toBeNull()
    expect(new Date(resolveMoment(moment!, NOW)).toISOString()).toBe(at)
  })

  it.each(['yesterday', '2026-13-01', '2026-03-01T25:00', '42', '', '99999999w'])('"%s" is none', (text) => {
    expect(readMoment(text, true)).toBeNull()
  })
})
