import { expect, it } from 'vitest'
import { sparkBars } from './sparkline'

it('draws the greatest to the top and leaves nothing out', () =>
  expect(sparkBars([0, 5, null, 10], 40, 20)).toEqual([
    { x: 10, y: 10, width: 9, height: 10 },
    { x: 30, y: 0, width: 9, height: 20 },
  ]))

it('keeps one among many thousands visible', () =>
  expect(sparkBars([1, 100_000], 20, 20)[0]?.height).toBe(1.5))

it('has nothing to draw of nothing', () => {
  expect(sparkBars([], 20, 20)).toEqual([])
  expect(sparkBars([0, 0], 20, 20)).toEqual([])
})
