interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  dur?: number
  tdur?: number
  args?: { name?: string }
}

export interface Tasks {
  count: number
  /** Milliseconds on the clock, and of the processor: others have it, too, on a busy machine. */
  longestByClock: number
  longestByProcessor: number
  longByClock: number
  longByProcessor: number
}

export const TRACED = ['toplevel', 'disabled-by-default-devtools.timeline']

/** What a trace says of the tasks of the pages' main threads. */
export function tasksOf(trace: Buffer, longMs: number): Tasks {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && mains.has(`${pid} ${tid}`),
  )
  if (tasks.length === 0) throw new Error('the trace has no task of a page')
  const clock = tasks.map(({ dur = 0 }) => dur / 1000)
  const processor = tasks.map(({ dur = 0, tdur = dur }) => tdur / 1000)
  const max = (times: number[]) => times.reduce((most, time) => Math.max(most, time), 0)
  return {
    count: tasks.length,
    longestByClock: max(clock),
    longestByProcessor: max(processor),
    longByClock: clock.filter((time) => time > longMs).length,
    longByProcessor: processor.filter((time) => time > longMs).length,
  }
}
