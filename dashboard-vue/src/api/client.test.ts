import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api, call } from './client'
import { isSignedOut, keepKey } from './key'

const me = (key?: string) =>
  call(api.GET('/me', key === undefined ? {} : { headers: { Authorization: `Bearer ${key}` } }))
const answerWith = (answer: () => Promise<Response>) => vi.stubGlobal('fetch', vi.fn(answer))

beforeEach(() => keepKey('kept'))
afterEach(() => vi.unstubAllGlobals())

describe('call', () => {
  it.each([
    ['is too slow', new DOMException('', 'TimeoutError'), { status: 504, code: 'timeout' }],
    ['is away', new TypeError('failed'), { status: 0, code: 'unreachable' }],
    ['was left', new DOMException('', 'AbortError'), { name: 'AbortError' }],
  ])('says that the API %s', async (_, error, told) => {
    answerWith(() => Promise.reject(error))
    await expect(me()).rejects.toMatchObject(told)
  })

  it.each(['{"detail": ["x"], "code": "y"}', '{"errors": {}}', '"text"', 'null', '<html>'])(
    'makes a problem of %s',
    async (body) => {
      answerWith(() => Promise.resolve(new Response(body, { status: 400 })))
      await expect(me()).rejects.toMatchObject({ name: 'Problem', status: 400, errors: [] })
    },
  )
})

it('writes lists by repeating them, and any sign in a name or a value', async () => {
  answerWith(() => Promise.resolve(new Response('{"items": []}')))
  const query = { tag: ['a,b', 'c'], 'payload.user#id&x': '1 + 1', cursor: undefined, limit: 5 }
  await call(api.GET('/jobs', { params: { query } }))
  const { url } = vi.mocked(fetch).mock.lastCall?.[0] as Request
  expect([...new URL(url).searchParams]).toEqual([
    ['tag', 'a,b'],
    ['tag', 'c'],
    ['payload.user#id&x', '1 + 1'],
    ['limit', '5'],
  ])
})

describe('a refused key', () => {
  beforeEach(() => answerWith(() => Promise.resolve(new Response('{"code":"x"}', { status: 401 }))))

  it('signs out, when it is the one that is kept', async () => {
    await expect(me()).rejects.toMatchObject({ status: 401 })
    expect(isSignedOut.value).toBe(true)
  })

  it('signs nobody out, when another is kept by now', async () => {
    await expect(me('another')).rejects.toMatchObject({ status: 401 })
    expect(isSignedOut.value).toBe(false)
  })
})
