import { expect, it } from 'vitest'
import { failureFilterFrom, queryFrom, type FailureFilter } from './failure-filter'

const usual: FailureFilter = { since: '24h', sort: '-last_seen' }

it.each<[string, Parameters<typeof failureFilterFrom>[0], FailureFilter]>([
  ['nothing', {}, usual],
  ['a window and an order', { since: '7d', sort: '-count' }, { since: '7d', sort: '-count' }],
  ['several queues', { queue: ['emails', 'letters'] }, { ...usual, queue: ['emails', 'letters'] }],
  [
    'words of a message',
    { q: 'timed out', type: 'email.send' },
    { ...usual, q: 'timed out', type: ['email.send'] },
  ],
  ['what there is not', { since: 'always', sort: 'up', q: '' }, usual],
])('reads %s', (_, query, filter) => expect(failureFilterFrom(query)).toEqual(filter))

it.each<FailureFilter>([usual, { since: '30d', sort: '-first_seen', queue: ['a'], type: ['b'], q: 'c d' }])(
  'comes back from the URL as it was',
  (filter) => expect(failureFilterFrom(queryFrom(filter))).toEqual(filter),
)

it('leaves out what is so by default', () => expect(queryFrom(usual)).toEqual({}))
