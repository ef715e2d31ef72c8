/** A job's life on one axis of time: for each attempt how long it backed off, waited and ran. */

interface AttemptTimes {
  attempt: number
  queued_at: string | null
  started_at: string | null
  finished_at: string | null
}

export interface Segment {
  kind: 'backoff' | 'wait' | 'run'
  /** Of the whole axis, 0 to 1. */
  start: number
  length: number
  seconds: number
}

export interface WaterfallRow {
  attempt: number
  segments: Segment[]
}

const time = (at: string | null) => (at === null ? null : Date.parse(at))

/**
 * attempts: the oldest first. now: milliseconds since 1970; what has no end yet ends there. Before the first attempt
 * there is no backoff: the axis begins where it, or what is known of it, begins.
 */
export function waterfall(attempts: readonly AttemptTimes[], now: number): WaterfallRow[] {
  const rows = attempts.map((attempt, index) => ({
    attempt: attempt.attempt,
    spans: spansOf(attempt, time(attempts[index - 1]?.finished_at ?? null), now),
  }))
  const ends = rows.flatMap(({ spans }) => spans.flatMap(({ from, to }) => [from, to]))
  const [begin, end] = [Math.min(...ends), Math.max(...ends)]
  const whole = Math.max(1, end - begin)
  return rows.map(({ attempt, spans }) => ({
    attempt,
    segments: spans.map(({ kind, from, to }) => ({
      kind,
      start: (from - begin) / whole,
      length: (to - from) / whole,
      seconds: (to - from) / 1000,
    })),
  }))
}

interface Span {
  kind: Segment['kind']
  from: number
  to: number
}

function spansOf(attempt: AttemptTimes, endedBefore: number | null, now: number): Span[] {
  const [queued, started] = [time(attempt.queued_at), time(attempt.started_at)]
  const finished = time(attempt.finished_at) ?? (started === null ? null : now)
  const spans: (Span | null)[] = [
    span('backoff', endedBefore, queued),
    span('wait', queued, started ?? finished),
    span('run', started, finished),
  ]
  return spans.filter((one): one is Span => one !== null)
}

/** null: one end is not known. Clocks of two machines may say that something ended before it began: then it took no time. */
function span(kind: Segment['kind'], from: number | null, to: number | null): Span | null {
  return from === null || to === null ? null : { kind, from, to: Math.max(from, to) }
}
