import { describe, expect, it } from 'vitest'
import { EventReader } from './sse'

describe('EventReader', () => {
  it('reads events and keeps the last id', () => {
    const reader = new EventReader()
    expect(reader.read('retry: 1000\nid: 7-0\nevent: jobs\ndata: {"n":1}\n\n')).toEqual([
      { type: 'jobs', data: '{"n":1}', id: '7-0' },
    ])
    expect(reader.read('event: stats\ndata: {}\n\n')).toEqual([{ type: 'stats', data: '{}', id: '7-0' }])
  })

  it('joins what is cut anywhere', () => {
    const text = 'event: jobs\r\ndata: a\r\ndata: b\r\n\r\n'
    const reader = new EventReader()
    expect([...text].flatMap((character) => reader.read(character))).toEqual([
      { type: 'jobs', data: 'a\nb', id: null },
    ])
  })

  it('drops comments, and an id alone is no event but is kept', () => {
    const reader = new EventReader()
    expect(reader.read(': ping\nid: 9-0\n\n')).toEqual([])
    expect(reader.read('data:x\n\n')).toEqual([{ type: 'message', data: 'x', id: '9-0' }])
  })
})
