import { beforeEach, describe, expect, it, vi } from 'vitest'
import { connection, setConnection } from './connection'
import { openAnew } from './release'

const assign = vi.fn()

beforeEach(() => {
  sessionStorage.clear()
  assign.mockReset()
  setConnection('live')
  vi.stubGlobal('location', { assign })
  vi.stubGlobal(
    'fetch',
    vi.fn(() => Promise.resolve(new Response())),
  )
})

describe('openAnew', () => {
  it('goes where the last of several wants to, once', async () => {
    await Promise.all([openAnew('/jobs'), openAnew('/queues')])
    await openAnew('/queues')
    expect(assign.mock.calls).toEqual([['/queues']])
  })

  it('leaves what is shown while the server is away, and asks again the next time', async () => {
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError('away'))
    await openAnew('/queues')
    expect(connection.value).toBe('offline')
    expect(assign).not.toHaveBeenCalled()
    await openAnew('/queues')
    expect(assign).toHaveBeenCalledOnce()
  })
})
