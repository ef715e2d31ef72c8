import { expect, it } from 'vitest'
import { placeTip } from './tip-place'

const view = { width: 400, height: 300 }
const tip = { left: 0, top: 0, width: 100, height: 20 }

it.each([
  ['in the middle below', { left: 150, top: 50, width: 100, height: 30 }, { left: '150px', top: '84px' }],
  ['above at the foot', { left: 150, top: 270, width: 100, height: 30 }, { left: '150px', top: '246px' }],
  ['inside the left edge', { left: 0, top: 50, width: 20, height: 20 }, { left: '8px', top: '74px' }],
  ['inside the right edge', { left: 390, top: 50, width: 10, height: 20 }, { left: '292px', top: '74px' }],
])('goes %s', (_, target, place) => expect(placeTip(target, tip, view)).toEqual(place))
