import { describe, expect, it } from 'vitest'
import { LosslessNumber, stringify } from 'lossless-json'
import { describe as chipsOf } from '@/lib/filter-parts'
import {
  type Query,
  bulkFilter,
  filterFromQuery,
  isEmpty,
  listParameters,
  queryFromFilter,
} from '@/lib/job-filter'

const NOW = Date.parse('2026-03-02T12:00:00Z')
const WORKER = '0195a0c8-7b1d-7f00-8000-0000000000aa'

const QUERIES: [name: string, query: Query, parameters: object, body: object][] = [
  ['nothing', {}, {}, {}],
  [
    'several values with commas',
    { status: 'failed,retrying', queue: 'emails' },
    { status: ['failed', 'retrying'], queue: ['emails'] },
    { status: ['failed', 'retrying'], queue: ['emails'] },
  ],
  ['a comma in a tag', { tag: 'a\\,b,c' }, { tag: ['a\\,b', 'c'] }, { tag: ['a,b', 'c'] }],
  ['commas of an error', { error: ['lost, again'] }, { error: ['lost, again'] }, { error: ['lost, again'] }],
  [
    'what it is not',
    { not_queue: 'bulk', not_worker: WORKER },
    { not_queue: ['bulk'], not_worker: [WORKER] },
    { not_queue: ['bulk'], not_worker: [WORKER] },
  ],
  ['the beginning of a type', { type: 'email.*' }, { type: ['email.*'] }, { type: ['email.*'] }],
  [
    'times so long ago and from now',
    { created_after: '2h', run_at_before: '+10m' },
    { created_after: '2026-03-02T10:00:00Z', run_at_before: '2026-03-02T12:10:00Z' },
    { created_after: '2026-03-02T10:00:00Z', run_at_before: '2026-03-02T12:10:00Z' },
  ],
  [
    'an absolute time',
    { finished_before: '2026-03-01T09:30:00Z' },
    { finished_before: '2026-03-01T09:30:00Z' },
    { finished_before: '2026-03-01T09:30:00Z' },
  ],
  [
    'attempts and duration',
    { attempts_min: '3', duration_max: '1.5' },
    { attempts_min: '3', duration_max: '1.5' },
    { attempts_min: 3, duration_max: 1.5 },
  ],
  [
    'members of the payload',
    { 'payload.user.id': ['42', '"42"'], 'payload.user.name': ['Ann'] },
    { 'payload.user.id': ['42', '"42"'], 'payload.user.name': ['Ann'] },
    { payload: [{ user: { id: 42, name: 'Ann' } }, { user: { id: '42', name: 'Ann' } }] },
  ],
]

describe('a filter of the URL', () => {
  it.each(QUERIES)('asks with %s', (_, query, parameters) => {
    expect(listParameters(filterFromQuery(query), NOW)).toEqual(parameters)
  })

  it.each(QUERIES)('acts on %s', (_, query, __, body) => {
    expect(bulkFilter(filterFromQuery(query), NOW)).toEqual(body)
  })

  it.each(QUERIES)('is written back with %s', (_, query) => {
    const written = queryFromFilter(filterFromQuery(query))
    expect(filterFromQuery(written)).toEqual(filterFromQuery(query))
    expect(isEmpty(filterFromQuery(query))).toBe(Object.keys(query).length === 0)
  })

  it('takes lists that are repeated, and says nothing twice', () => {
    expect(filterFromQuery({ queue: ['a,b', 'b', null] }).queue).toEqual(['a', 'b'])
  })

  it('leaves other members of the URL alone', () => {
    expect(isEmpty(filterFromQuery({ cursor: 'abc', peek: WORKER, sort: 'created' }))).toBe(true)
  })

  it('keeps integers beyond 2^53 exact', () => {
    const body = bulkFilter(filterFromQuery({ 'payload.id': '9007199254740993' }), NOW)
    expect(body.payload).toEqual([{ id: new LosslessNumber('9007199254740993') }])
    expect(stringify(body)).toBe('{"payload":[{"id":9007199254740993}]}')
  })
})

describe('what the API does not know', () => {
  it.each([
    ['a status', { status: 'failed,broken' }, { status: ['failed', 'broken'] }],
    ['a name', { queue: 'two words' }, { queue: ['two words'] }],
    ['a time', { created_after: 'yesterday' }, { created_after: ['yesterday'] }],
    ['a number', { attempts_min: '-1' }, { attempts_min: ['-1'] }],
    ['a path', { 'payload.a..b': '1' }, { 'payload.a..b': ['1'] }],
  ])('goes to it as it is, so that no more jobs match: %s', (_, query, parameters) => {
    const filter = filterFromQuery(query)
    expect(listParameters(filter, NOW)).toEqual(parameters)
    expect(bulkFilter(filter, NOW)).toEqual(parameters)
    expect(isEmpty(filter)).toBe(false)
    expect(filterFromQuery(queryFromFilter(filter))).toEqual(filter)
    expect(chipsOf(filter).filter((chip) => chip.isUnread)).toHaveLength(1)
  })
})

describe('the chips of a filter', () => {
  it.each<[Query, string]>([
    [{ status: 'failed,retrying' }, 'Status: Failed or Retrying'],
    [{ not_queue: 'bulk' }, 'Queue not bulk'],
    [{ error: 'Timeout' }, 'Error has Timeout'],
    [{ worker: WORKER }, 'Worker: 000000aa'],
    [{ 'payload.user.id': '42' }, 'Payload user.id: 42'],
    [{ created_after: '2h' }, 'Created after 2h ago'],
    [
      { finished_after: '2026-03-02T09:00:00Z', finished_before: '2026-03-02T09:30:05Z' },
      'Finished after 2026-03-02 09:00 UTC and before 2026-03-02 09:30:05 UTC',
    ],
    [{ run_at_before: '+10m' }, 'Due before in 10m'],
    [{ attempts_min: '3', attempts_max: '3' }, 'Attempts 3'],
    [{ duration_min: '30' }, 'Took at least 30.0 s'],
    [{ status: 'broken' }, 'status=broken'],
  ])('%o reads "%s"', (query, label) => {
    const chips = chipsOf(filterFromQuery(query), true)
    expect(chips.map((chip) => chip.label)).toEqual([label])
    expect(isEmpty(chips[0]!.remove)).toBe(true)
  })

  it('take one part away each', () => {
    const filter = filterFromQuery({
      status: 'failed',
      not_status: 'queued',
      'payload.a': '1',
      'payload.b': '2',
    })
    const left = chipsOf(filter).map((chip) => queryFromFilter(chip.remove))
    expect(left).toEqual([
      { not_status: 'queued', 'payload.a': ['1'], 'payload.b': ['2'] },
      { status: 'failed', 'payload.a': ['1'], 'payload.b': ['2'] },
      { status: 'failed', not_status: 'queued', 'payload.b': ['2'] },
      { status: 'failed', not_status: 'queued', 'payload.a': ['1'] },
    ])
  })
})
