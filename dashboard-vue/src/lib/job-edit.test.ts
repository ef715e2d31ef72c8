import { describe, expect, it } from 'vitest'
import { editOf, localField, moveDraft, readDraft } from './job-edit'
import { printJson, readJson, type Json } from './lossless'

const job = {
  queue: 'emails',
  priority: 'normal' as const,
  run_at: new Date(2026, 2, 2, 9, 30, 5).toISOString(),
  max_retries: 3,
  tags: ['eu', 'beta'],
  payload: readJson('{"id":9007199254740993}'),
}
const before = readDraft(job)

describe('editOf', () => {
  it('says nothing of what was not touched', () => expect(editOf(before, { ...before })).toEqual({}))

  it.each([
    ['queue', { queue: ' bulk ' }, { queue: 'bulk' }],
    ['priority', { priority: 'high' as const }, { priority: 'high' }],
    ['retries', { maxRetries: 0 }, { max_retries: 0 }],
    ['tags', { tags: 'a, ,b' }, { tags: ['a', 'b'] }],
    ['a tag with a comma', { tags: 'a\\,b, c' }, { tags: ['a,b', 'c'] }],
    ['no tags', { tags: '' }, { tags: [] }],
    ['due now', { runAt: '' }, { run_at: null }],
    ['due then', { runAt: '2026-03-03T00:00:00' }, { run_at: new Date(2026, 2, 3).toISOString() }],
  ])('changes %s', (_, change, edit) => expect(editOf(before, { ...before, ...change })).toEqual(edit))

  it('keeps integers above 2^53', () => {
    const { payload } = editOf(before, { ...before, payload: '{"id": 9007199254740995}' })
    expect(printJson(payload as Json, 0)).toBe('{"id":9007199254740995}')
  })

  it('refuses what is no JSON', () =>
    expect(() => editOf(before, { ...before, payload: '{' })).toThrow(SyntaxError))
})

it('keeps what was touched on top of what a job has become', () => {
  const now = { ...before, priority: 'high' as const, queue: 'bulk' }
  const moved = moveDraft(before, { ...before, queue: 'slow', maxRetries: 7 }, now)
  expect(moved).toEqual({ ...now, queue: 'slow', maxRetries: 7 })
  expect(editOf(now, moved)).toEqual({ queue: 'slow', max_retries: 7 })
})

it('shows a moment in the zone of the browser', () => {
  expect(localField(job.run_at)).toBe('2026-03-02T09:30:05')
  expect(localField(null)).toBe('')
})
