import { onScopeDispose, watch } from 'vue'
import { EventReader, type ServerEvent } from '@/lib/sse'
import { API_ROOT } from './client'
import { setConnection } from './connection'
import { apiKey, isSignedOut, keyHeaders, refuseKey } from './key'
import { noteVersion } from './release'

/** What every tab hears of; `job:<id>` comes to these where one job is looked at. */
const BASE_TOPICS = ['stats', 'jobs', 'queue', 'worker', 'bulk', 'schedule']
/** A comment comes each 15 s: after three of them are missing nobody is there. */
const SILENCE_MILLISECONDS = 45_000
const FAILURES_BEFORE_POLLING = 2
const LONGEST_DELAY_MILLISECONDS = 15_000

type Handler = (data: unknown) => void

/**
 * The one stream of this tab. It is read by `fetch`, since EventSource sends no key; it is closed while the tab is hidden
 * or a person pauses it, and what was missed comes when it opens again (`resync`: too much was).
 */
class LiveStream {
  private readonly handlers = new Map<string, Set<Handler>>()
  private aborter: AbortController | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private silence: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private lastId: string | null = null
  private isStarted = false
  private isPaused = false
  private isGreeted = false

  /** Whether what changes is being told. */
  get isOpen() {
    return this.isGreeted
  }

  start() {
    this.isStarted = true
    document.addEventListener('visibilitychange', () => this.turn())
    watch([apiKey, isSignedOut], () => this.turn())
    this.turn()
  }

  setPaused(isPaused: boolean) {
    this.isPaused = isPaused
    this.turn()
  }

  /** Begin to hear of a topic. Returns how to end it. */
  listen(topic: string, handler: Handler): () => void {
    const heard = this.handlers.get(topic) ?? new Set()
    this.handlers.set(topic, heard.add(handler))
    if (heard.size === 1 && isAsked(topic)) this.turn()
    return () => {
      heard.delete(handler)
      if (heard.size > 0) return
      this.handlers.delete(topic)
      if (isAsked(topic)) this.turn()
    }
  }

  /** Close what is open and open what is wanted. */
  private turn() {
    this.aborter?.abort()
    this.aborter = null
    this.isGreeted = false
    clearTimeout(this.timer)
    clearTimeout(this.silence)
    if (!this.isStarted) return
    if (document.hidden) setConnection('hidden')
    else if (this.isPaused) setConnection('paused')
    else if (!isSignedOut.value) this.timer = setTimeout(() => void this.open(), 30)
  }

  private async open() {
    const aborter = (this.aborter = new AbortController())
    this.awaitSign(aborter)
    try {
      const response = await fetch(this.address(), {
        headers: { Accept: 'text/event-stream', ...keyHeaders() },
        signal: aborter.signal,
        cache: 'no-store',
      })
      if (response.status === 401) return this.close(refuseKey)
      if (response.status === 403) return this.close(() => setConnection('denied'))
      if (!response.ok || !response.body) return this.fail(response.status)
      await this.read(response.body, aborter)
      if (isLost(aborter.signal)) this.fail(200)
    } catch {
      if (isLost(aborter.signal)) this.fail(0)
    }
  }

  private async read(body: ReadableStream<Uint8Array>, aborter: AbortController) {
    const events = new EventReader()
    const pieces = body
      .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
      .getReader()
    for (;;) {
      this.awaitSign(aborter)
      const { value, done } = await pieces.read()
      if (done || aborter.signal.aborted) return
      for (const event of events.read(value)) this.tell(event)
    }
  }

  /** From the request on: a proxy may take it and never answer. */
  private awaitSign(aborter: AbortController) {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => aborter.abort('silence'), SILENCE_MILLISECONDS)
  }

  private close(then: () => void) {
    clearTimeout(this.silence)
    then()
  }

  private tell(event: ServerEvent) {
    if (event.id !== null) this.lastId = event.id
    const data = readData(event.data)
    if (data === undefined) return
    if (event.type === 'hello') {
      this.failures = 0
      this.isGreeted = true
      setConnection('live')
      noteVersion((data as { version: string }).version)
    }
    if (event.type === 'job') this.hand(`job:${(data as { id: string }).id}`, data)
    this.hand(event.type, data)
  }

  private hand(topic: string, data: unknown) {
    for (const handler of this.handlers.get(topic) ?? []) {
      try {
        handler(data)
      } catch (error) {
        // One that fails neither ends the stream nor keeps the news from the others.
        reportError(error)
      }
    }
  }

  private fail(status: number) {
    clearTimeout(this.silence)
    this.isGreeted = false
    this.failures += 1
    if (status === 0 || [502, 504].includes(status)) setConnection('offline')
    else if (this.failures >= FAILURES_BEFORE_POLLING) setConnection('polling')
    const delay = Math.min(500 * 2 ** this.failures, LONGEST_DELAY_MILLISECONDS)
    this.timer = setTimeout(() => void this.open(), delay * (0.75 + Math.random() / 2))
  }

  private address(): string {
    const jobs = [...this.handlers.keys()].filter(isAsked)
    const query = new URLSearchParams({ topics: [...BASE_TOPICS, ...jobs].join(',') })
    if (this.lastId !== null) query.set('last_event_id', this.lastId)
    return `${API_ROOT}/events?${query}`
  }
}

/** undefined: it is no object, of a release that we do not know; the next event may be. */
function readData(text: string): object | undefined {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null ? data : undefined
  } catch {
    return undefined
  }
}

/** An abort is ours, but for the one after silence. */
const isLost = (signal: AbortSignal) => !signal.aborted || signal.reason === 'silence'

/** `job:<id>` has to be asked for; the rest comes anyway. */
const isAsked = (topic: string) => topic.startsWith('job:')

export const stream = new LiveStream()

/** Hear of a topic while the component lives: a base topic, `job:<id>`, `hello` or `resync`. */
export function useTopic<T>(topic: string, handler: (data: T) => void) {
  onScopeDispose(stream.listen(topic, handler as Handler))
}
