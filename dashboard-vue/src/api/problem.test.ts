import { describe, expect, it } from 'vitest'
import { Problem, problemOf } from './problem'

describe('what a person reads of a problem', () => {
  it.each([
    ["/query/status/0: 'broken' is no status", "status: 'broken' is no status"],
    ["/queue: 'my queue' is no name: use letters", "queue: 'my queue' is no name: use letters"],
    [
      '/payload/user/id: is required; /tags/1: is too long',
      'payload.user.id: is required; tags: is too long',
    ],
    ['the search took too long: add a queue', 'the search took too long: add a queue'],
  ])('%s', (detail, message) => expect(new Problem(422, { detail }).message).toBe(message))
})

describe('problemOf', () => {
  it('takes a page of a proxy for an API that is away', () =>
    expect(problemOf(new Response('<html>', { status: 502 }), '<html>').isUnreachable).toBe(true))

  it('knows when to ask again', () => {
    const response = new Response(null, { status: 503, headers: { 'Retry-After': '2' } })
    expect(problemOf(response, { code: 'query_timeout' }).retryAfter).toBe(2)
  })

  it('says the status when nothing was said', () =>
    expect(problemOf(new Response(null, { status: 418 }), null).message).toContain('418'))
})
