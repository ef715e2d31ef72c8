import { describe, expect, it } from 'vitest'
import { printJson, readJson, type JsonObject } from './lossless'
import { NO_OPTIONS, changesOf, optionsOf, writeOptions, type Options } from './submit-options'

describe('writeOptions', () => {
  it.each<[Partial<Options>, string]>([
    [{}, '{}'],
    [{ queue: ' mail ', priority: 'high' }, '{"queue":"mail","priority":"high"}'],
    [{ runAt: '+10m' }, '{"delay":600}'],
    [{ runAt: '1.5s' }, '{"delay":1.5}'],
    [{ runAt: '2030-01-31 12:00' }, '{"run_at":"2030-01-31T12:00:00Z"}'],
    [{ runAt: '2030-01-31T12:00:00+01:00' }, '{"run_at":"2030-01-31T11:00:00Z"}'],
    [{ expiresAt: '2030-01-31' }, '{"expires_at":"2030-01-31T00:00:00Z"}'],
    [{ maxRetries: '0', timeout: '5m' }, '{"max_retries":0,"timeout":300}'],
    [{ maxRetries: '-1' }, '{"max_retries":-1}'],
    [{ tags: String.raw`a, b c,, d\,e` }, '{"tags":["a","b c","d,e"]}'],
    [{ idempotencyKey: 'once' }, '{}'],
  ])('%j: %s', (typed, expected) => {
    const { members, broken } = writeOptions({ ...NO_OPTIONS, ...typed }, true)
    expect(printJson(members, 0)).toBe(expected)
    expect(broken).toEqual([])
  })

  it.each<[Partial<Options>, string]>([
    [{ runAt: 'tomorrow' }, '/run_at'],
    [{ expiresAt: '+10m' }, '/expires_at'],
    [{ maxRetries: '1.5' }, '/max_retries'],
    [{ timeout: 'long' }, '/timeout'],
  ])('%j is broken at %s', (typed, pointer) => {
    expect(writeOptions({ ...NO_OPTIONS, ...typed }, true).broken.map((wrong) => wrong.pointer)).toEqual([
      pointer,
    ])
  })

  it('reads what optionsOf writes', () => {
    const job = { queue: 'mail', priority: 'low', max_retries: 5, timeout: 90.5, tags: ['a,b', 'c'] } as const
    expect(printJson(writeOptions(optionsOf({ ...job, tags: [...job.tags] }), true).members, 0)).toBe(
      '{"queue":"mail","priority":"low","max_retries":5,"timeout":90.5,"tags":["a,b","c"]}',
    )
  })
})

describe('changesOf', () => {
  const BEFORE =
    '{"type":"x","payload":{"n":9007199254740993},"queue":"mail","timeout":30,"tags":["a"],"max_retries":3}'
  it.each([
    ['{"payload":{"n":9007199254740993},"queue":"mail","timeout":30.0,"tags":["a"],"max_retries":3}', '{}'],
    [
      '{"payload":{"n":9007199254740992},"queue":"mail","timeout":30,"tags":["a"],"max_retries":3}',
      '{"payload":{"n":9007199254740992}}',
    ],
    [
      '{"payload":{"n":9007199254740993},"delay":5}',
      '{"queue":"default","timeout":null,"tags":[],"max_retries":null,"delay":5}',
    ],
  ])('%s: %s', (after, expected) => {
    expect(printJson(changesOf(readJson(BEFORE) as JsonObject, readJson(after) as JsonObject), 0)).toBe(
      expected,
    )
  })
})
