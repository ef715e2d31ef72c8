import { describe, expect, it } from 'vitest'
import { waterfall } from './waterfall'

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2) + seconds * 1000).toISOString()
const now = Date.parse(at(100))
const attempt = (number: number, queued: number | null, started: number | null, finished: number | null) => ({
  attempt: number,
  queued_at: queued === null ? null : at(queued),
  started_at: started === null ? null : at(started),
  finished_at: finished === null ? null : at(finished),
})

describe('waterfall', () => {
  it('puts waits, runs and the backoff between them on one axis', () =>
    expect(waterfall([attempt(1, 0, 10, 20), attempt(2, 40, 50, 100)], now)).toEqual([
      {
        attempt: 1,
        segments: [
          { kind: 'wait', start: 0, length: 0.1, seconds: 10 },
          { kind: 'run', start: 0.1, length: 0.1, seconds: 10 },
        ],
      },
      {
        attempt: 2,
        segments: [
          { kind: 'backoff', start: 0.2, length: 0.2, seconds: 20 },
          { kind: 'wait', start: 0.4, length: 0.1, seconds: 10 },
          { kind: 'run', start: 0.5, length: 0.5, seconds: 50 },
        ],
      },
    ]))

  it('lets what runs go on until now', () =>
    expect(waterfall([attempt(1, null, 90, null)], now)[0]?.segments).toEqual([
      { kind: 'run', start: 0, length: 1, seconds: 10 },
    ]))

  it('knows no negative time between two clocks', () =>
    expect(waterfall([attempt(1, 10, 9, 12)], now)[0]?.segments.map(({ seconds }) => seconds)).toEqual([
      0, 3,
    ]))

  it('has nothing to show of an attempt without times', () =>
    expect(waterfall([attempt(1, null, null, null)], now)).toEqual([{ attempt: 1, segments: [] }]))

  it('has no rows without attempts', () => expect(waterfall([], now)).toEqual([]))
})
