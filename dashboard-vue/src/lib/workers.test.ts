import { describe, expect, it } from 'vitest'
import { endedWithin, sortWorkers, totalsOf, type WorkerState } from './workers'

const worker = (host: string, pid: number, state: WorkerState = 'alive', ended_at: string | null = null) => ({
  id: `${host}-${pid}`,
  host,
  pid,
  state,
  ended_at,
  slots: 10,
  running_count: 3,
})

describe('sortWorkers', () => {
  it('goes by host as people count, then by process', () => {
    const sorted = sortWorkers([worker('w10', 1), worker('w2', 9), worker('w2', 8, 'lost')])
    expect(sorted.map(({ id }) => id)).toEqual(['w2-8', 'w2-9', 'w10-1'])
  })
  it('keeps a row in place when its state changes, and puts the ended last, the latest first', () => {
    const sorted = sortWorkers([
      worker('a', 1, 'stopped', '2026-03-02T09:00:00Z'),
      worker('c', 1),
      worker('b', 1, 'stopped', '2026-03-02T10:00:00Z'),
      worker('b', 2, 'draining'),
    ])
    expect(sorted.map(({ id }) => id)).toEqual(['b-2', 'c-1', 'b-1', 'a-1'])
  })
})

describe('totalsOf', () => {
  it('counts slots of those that claim, and busy ones of all that live', () => {
    const all = (['alive', 'alive', 'draining', 'drained', 'lost', 'stopped'] as const).map((state, pid) =>
      worker('w', pid, state),
    )
    expect(totalsOf(all)).toEqual({ alive: 2, leaving: 2, lost: 1, busy: 12, slots: 26 })
  })
  it('takes jobs that are claimed ahead for none that keeps a slot busy', () => {
    const eager = { ...worker('w', 1), running_count: 18 }
    expect(totalsOf([eager, worker('w', 2)])).toMatchObject({ busy: 13, slots: 20 })
  })
  it('is zero without any', () => {
    expect(totalsOf([])).toEqual({ alive: 0, leaving: 0, lost: 0, busy: 0, slots: 0 })
  })
})

describe('endedWithin', () => {
  it('leaves out the older and those that live', () => {
    const now = Date.parse('2026-03-02T10:00:00Z')
    const ended = endedWithin(
      [
        worker('a', 1),
        worker('b', 1, 'stopped', '2026-03-02T09:50:00Z'),
        worker('c', 1, 'stopped', '2026-03-02T09:00:00Z'),
      ],
      900,
      now,
    )
    expect(ended.map(({ host }) => host)).toEqual(['b'])
  })
})
