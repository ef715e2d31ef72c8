import { expect, it } from 'vitest'
import { filterFromQuery } from './job-filter'
import { filterOfView } from './saved-views'

it('keeps a word that cannot be read, so that no more jobs match', () =>
  expect(filterOfView({ name: 'Mine', text: 'status:failed colour:red' })).toMatchObject({
    status: ['failed'],
    unread: [{ name: 'view', text: 'colour:red' }],
  }))

it.each(['toString', 'constructor'])('%s is no status', (status) =>
  expect(filterFromQuery({ status })).toMatchObject({
    status: [],
    unread: [{ name: 'status', text: status }],
  }),
)
