import { printJson, readJson, type Json } from './lossless'
import { tagsOf, tagsText } from './submit-options'

export interface JobDraft {
  queue: string
  priority: 'high' | 'normal' | 'low'
  /** As a field for local date and time has it; '': due now. */
  runAt: string
  maxRetries: number
  /** By commas, as tagsOf reads them. */
  tags: string
  /** JSON. */
  payload: string
}

interface Editable {
  queue: string
  priority: JobDraft['priority']
  run_at: string | null
  max_retries: number
  tags: string[]
  payload: unknown
}

const pad = (part: number, width = 2) => String(part).padStart(width, '0')

/** `2026-03-02T09:30:00`, in the zone of the browser. */
export function localField(at: string | null): string {
  if (at === null) return ''
  const date = new Date(at)
  const day = [pad(date.getFullYear(), 4), pad(date.getMonth() + 1), pad(date.getDate())].join('-')
  return `${day}T${[date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part)).join(':')}`
}

export const readDraft = (job: Editable): JobDraft => ({
  queue: job.queue,
  priority: job.priority,
  runAt: localField(job.run_at),
  maxRetries: job.max_retries,
  tags: tagsText(job.tags),
  payload: printJson(job.payload as Json),
})

/** The draft on top of the job as it has become meanwhile: what was not touched is as the job is now. */
export function moveDraft(before: JobDraft, draft: JobDraft, now: JobDraft): JobDraft {
  const touched = Object.entries(draft).filter(([name, value]) => value !== before[name as keyof JobDraft])
  return { ...now, ...Object.fromEntries(touched) }
}

/** Only what is not as before: what was not touched is nobody's wish. Throws SyntaxError for a payload that is no JSON. */
export function editOf(before: JobDraft, after: JobDraft): Record<string, unknown> {
  return {
    ...(after.queue !== before.queue && { queue: after.queue.trim() }),
    ...(after.priority !== before.priority && { priority: after.priority }),
    ...(after.runAt !== before.runAt && { run_at: after.runAt ? new Date(after.runAt).toISOString() : null }),
    ...(after.maxRetries !== before.maxRetries && { max_retries: after.maxRetries }),
    ...(after.tags !== before.tags && { tags: tagsOf(after.tags) }),
    ...(after.payload !== before.payload && { payload: readJson(after.payload) }),
  }
}
