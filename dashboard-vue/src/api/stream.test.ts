import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connection, setConnection } from './connection'
import { unreachable } from './problem'
import { createQueries } from './queries'
import { stream } from './stream'

let sender: ReadableStreamDefaultController<Uint8Array>
let asked = 0
let isAnswered = true

const frame = (type: string, data: string) =>
  sender.enqueue(new TextEncoder().encode(`event: ${type}\ndata: ${data}\n\n`))

async function opened() {
  stream.start()
  await vi.advanceTimersByTimeAsync(50)
  frame('hello', '{"version":"1"}')
  await vi.advanceTimersByTimeAsync(1)
}

beforeEach(() => {
  vi.useFakeTimers()
  asked = 0
  isAnswered = true
  setConnection('connecting')
  vi.stubGlobal('reportError', vi.fn())
  vi.stubGlobal(
    'fetch',
    vi.fn((_: string, { signal }: { signal: AbortSignal }) => {
      asked += 1
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          sender = controller
          signal.addEventListener('abort', () => controller.error(signal.reason))
        },
      })
      return isAnswered
        ? Promise.resolve({ status: 200, ok: true, body })
        : new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error())))
    }),
  )
})

afterEach(() => {
  stream.setPaused(true)
  stream.setPaused(false)
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the stream', () => {
  it.each(['null', '3', '{"cut', ''])('outlives an event that is %j', async (data) => {
    await opened()
    frame('job', data)
    frame('hello', data)
    await vi.advanceTimersByTimeAsync(1_000)
    expect([connection.value, asked]).toEqual(['live', 1])
  })

  it('outlives a handler that fails, and tells the others', async () => {
    await opened()
    const heard = vi.fn()
    const ends = [
      stream.listen('queue', () => {
        throw new Error('broken')
      }),
      stream.listen('queue', heard),
    ]
    frame('queue', '{}')
    await vi.advanceTimersByTimeAsync(1_000)
    ends.forEach((end) => end())
    expect([heard.mock.calls.length, connection.value, asked]).toEqual([1, 'live', 1])
  })

  it('does not wait for ever for an answer', async () => {
    isAnswered = false
    stream.start()
    await vi.advanceTimersByTimeAsync(50_000)
    expect(asked).toBeGreaterThan(1)
    expect(connection.value).toBe('offline')
  })
})

describe('a query that cannot reach the API', () => {
  const fail = async () => {
    const queries = createQueries()
    await queries
      .fetchQuery({ queryKey: ['one'], queryFn: () => Promise.reject(unreachable()), retry: false })
      .catch(() => null)
    return queries
  }

  it('is forgotten by the next answer while the stream is open', async () => {
    await opened()
    const queries = await fail()
    expect(connection.value).toBe('offline')
    await queries.fetchQuery({ queryKey: ['two'], queryFn: () => 2 })
    expect(connection.value).toBe('live')
  })

  it('does not end a pause', async () => {
    await opened()
    stream.setPaused(true)
    await fail()
    expect(connection.value).toBe('paused')
  })
})
