import { describe, expect, it } from 'vitest'
import { addPoint, etaSeconds } from './eta'

const point = (seconds: number, fraction: number) => ({ at: seconds * 1000, fraction })

describe('etaSeconds', () => {
  it.each([
    ['at a steady rate', [point(0, 0), point(10, 0.5)], 10, 10],
    ['less what has passed since', [point(0, 0), point(10, 0.5)], 14, 6],
    ['never negative', [point(0, 0), point(10, 0.5)], 60, 0],
    ['not by one point', [point(0, 0.5)], 1, null],
    ['not by points too near', [point(0, 0), point(0.5, 0.1)], 1, null],
    ['not where nothing moves', [point(0, 0.5), point(10, 0.5)], 10, null],
  ])('%s', (_, points, now, eta) => expect(etaSeconds(points, now * 1000)).toBe(eta))
})

describe('addPoint', () => {
  it('forgets what is more than a minute old', () =>
    expect(addPoint([point(0, 0.1), point(30, 0.2)], point(70, 0.3))).toEqual([
      point(30, 0.2),
      point(70, 0.3),
    ]))

  it('begins anew when a retry begins anew', () =>
    expect(addPoint([point(0, 0.1), point(30, 0.9)], point(31, 0))).toEqual([point(31, 0)]))

  it('takes a moment once', () => expect(addPoint([point(1, 0.1)], point(1, 0.1))).toHaveLength(1))
})
