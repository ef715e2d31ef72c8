import { describe, expect, it } from 'vitest'
import { dearKeys, isSameFilter, toggleStatus } from '@/lib/filter-edit'
import { filterFromQuery, queryFromFilter } from '@/lib/job-filter'
import { PRESET_VIEWS, filterOfView, nameProblem, readViews } from '@/lib/saved-views'

it('toggles one status among several', () => {
  const filter = filterFromQuery({ status: 'failed', not_status: 'queued' })
  expect(queryFromFilter(toggleStatus(filter, 'queued'))).toEqual({ status: 'failed,queued' })
  expect(queryFromFilter(toggleStatus(filter, 'failed'))).toEqual({ not_status: 'queued' })
})

describe('the dear part of a filter', () => {
  const filter = filterFromQuery({ error: ['x'], 'payload.a': '1', not_tag: 'b', status: 'failed' })
  it.each([
    ['the search by error took longer than 2 s: narrow it', ['error']],
    ['the search by payload took longer than 2 s: narrow it', ['payload.a']],
    ['the search by tag took longer than 2 s: narrow it', ['-tag']],
    ['the search took longer than 2 s: try again', []],
  ])('as "%s" names it', (sentence, keys) => {
    expect(dearKeys(filter, sentence)).toEqual(keys)
  })
})

it('knows the same filter said in another order', () => {
  const one = filterFromQuery({ status: 'failed', queue: 'a' })
  expect(isSameFilter(one, filterFromQuery({ queue: 'a', status: 'failed' }))).toBe(true)
  expect(isSameFilter(one, filterFromQuery({ queue: 'b', status: 'failed' }))).toBe(false)
})

describe('saved views', () => {
  it.each(PRESET_VIEWS)('$name is a filter', (view) => {
    expect(filterOfView(view).unread).toEqual([])
    expect(queryFromFilter(filterOfView(view))).not.toEqual({})
  })

  it.each([
    ['  ', 'Give it a name.'],
    ['Mine', 'There is a view "Mine" already.'],
    ['failed LAST hour', 'There is a view "failed LAST hour" already.'],
    ['a'.repeat(61), 'A name has at most 60 letters.'],
    ['Other', ''],
  ])('may be named "%s"? %s', (name, problem) => {
    expect(nameProblem(name, [{ name: 'Mine', text: '' }])).toBe(problem)
  })

  it('leave out what is none', () => {
    const view = { name: 'a', text: 'b' }
    expect(readViews([view, null, { name: 1 }, 'x'])).toEqual([view])
    expect(readViews('broken')).toEqual([])
  })
})
