import { describe, expect, test } from 'vitest'
import { printJson, readJson, type JsonObject } from './lossless'
import {
  carryOver,
  changesOf,
  differing,
  draftOf,
  fieldOf,
  newDraft,
  readFault,
  writeDraft,
  type ScheduleDraft,
} from './schedule-draft'

const STORED = {
  name: 'nightly',
  type: 'report.generate',
  queue: 'reports',
  cron: '0 2 * * *',
  timezone: 'Europe/Berlin',
  words: 'At 02:00 every day',
  priority: 'high' as const,
  max_retries: 0,
  timeout: 1.5,
  tags: ['a,b', 'c'],
  catch_up: 'all' as const,
  catch_up_window: 3600,
  catch_up_limit: 10,
  overlap: 'skip' as const,
  jitter: 30,
  starts_at: '2030-01-31T12:00:05Z',
  ends_at: null,
  paused: false,
  paused_at: null,
  paused_by: null,
  source: 'api' as const,
  dropped_at: null,
  version: 1,
  due_after: '2026-03-02T01:00:00Z',
  next_at: null,
  last_run: null,
  created_at: '2026-03-02T01:00:00Z',
  updated_at: '2026-03-02T01:00:00Z',
  payload: readJson('{"id": 12345678901234567890, "rate": 1.0}') as JsonObject,
}

const draft = (change: Partial<ScheduleDraft> = {}): ScheduleDraft => ({
  ...newDraft('UTC'),
  type: 'demo.sleep',
  cron: '0 2 * * *',
  ...change,
})

describe('a draft', () => {
  test.each([true, false])('of a stored schedule writes it back as it was (UTC: %s)', (isUtc) => {
    const { members, wrongs } = writeDraft(draftOf(STORED, isUtc), isUtc)
    expect(wrongs).toEqual([])
    expect(printJson(members, 0)).toBe(
      '{"name":"nightly","type":"report.generate","cron":"0 2 * * *","timezone":"Europe/Berlin","queue":"reports",' +
        '"payload":{"id":12345678901234567890,"rate":1.0},"priority":"high","max_retries":0,"timeout":1.5,' +
        '"tags":["a,b","c"],"overlap":"skip","catch_up":"all","catch_up_window":3600,"catch_up_limit":10,"jitter":30,' +
        '"starts_at":"2030-01-31T12:00:05Z","ends_at":null}',
    )
  })

  test('that says little leaves the rest as usual', () => {
    const { members, wrongs } = writeDraft(draft(), true)
    expect(wrongs).toEqual([])
    expect(printJson(members, 0)).toBe(
      '{"type":"demo.sleep","cron":"0 2 * * *","timezone":"UTC","queue":"default","payload":{},"priority":"normal",' +
        '"max_retries":null,"timeout":null,"tags":[],"overlap":"allow","catch_up":"latest","catch_up_window":86400,' +
        '"catch_up_limit":100,"jitter":0,"starts_at":null,"ends_at":null}',
    )
  })

  test.each<[Partial<ScheduleDraft>, string]>([
    [{ type: ' ' }, '/type'],
    [{ cron: '' }, '/cron'],
    [{ payload: '[1]' }, '/payload'],
    [{ payload: '{' }, '/payload'],
    [{ maxRetries: '-1' }, '/max_retries'],
    [{ maxRetries: '1.5' }, '/max_retries'],
    [{ timeout: 'soon' }, '/timeout'],
    [{ jitter: '5 minutes' }, '/jitter'],
    [{ startsAt: 'tomorrow' }, '/starts_at'],
  ])('with %o is wrong at %s', (change, pointer) => {
    expect(writeDraft(draft(change), true).wrongs.map((wrong) => wrong.pointer)).toEqual([pointer])
  })
})

test('a change says only what differs, to the digit', () => {
  const before = writeDraft(draftOf(STORED, true), true).members
  const change = (by: Partial<ScheduleDraft>) =>
    printJson(changesOf(before, writeDraft({ ...draftOf(STORED, true), ...by }, true).members), 0)
  expect(change({})).toBe('{}')
  expect(change({ cron: '0 3 * * *', timeout: '' })).toBe('{"cron":"0 3 * * *","timeout":null}')
  expect(change({ payload: '{"rate": 1.0, "id": 12345678901234567891}' })).toBe(
    '{"payload":{"rate":1.0,"id":12345678901234567891}}',
  )
})

test('own changes are carried over to what somebody else made of it', () => {
  const base = draft()
  const mine = draft({ cron: '0 3 * * *', queue: 'mine' })
  const theirs = draft({ cron: '0 4 * * *', tags: 'theirs' })
  expect(differing(base, theirs)).toEqual(['cron', 'tags'])
  expect(carryOver(mine, base, theirs)).toEqual(draft({ cron: '0 3 * * *', queue: 'mine', tags: 'theirs' }))
})

test.each([
  ['/cron', 'cron'],
  ['/tags/1', 'tags'],
  ['/payload/a/b', 'payload'],
  ['/catch_up', 'catchUp'],
  ['/catch_up_window', 'catchUpWindow'],
  ['', undefined],
])('%s is shown at %s', (pointer, field) => expect(fieldOf(pointer)).toBe(field))

test.each([
  ['hour: 25 is out of range 0 to 23 (character 3)', 'hour: 25 is out of range 0 to 23', 2],
  ['a tag has 1 to 64 printable characters', 'a tag has 1 to 64 printable characters', null],
])('%s is at a character', (detail, message, position) =>
  expect(readFault(detail)).toEqual({ message, position }),
)
