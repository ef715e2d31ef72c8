import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { printJson, type JsonObject } from '@/lib/lossless'
import { API_ROOT, api, call } from './client'
import { readJob, type Job } from './job'
import type { components } from './schema'

export interface Submit {
  /** Set: this finished job is run again, with `body` as its changes. */
  rerunOf?: string
  body: JsonObject
  /** One that a person chose; else each submit has one of its own. */
  idempotencyKey?: string
}

export const apiAddress = () => location.origin + API_ROOT

/** `crypto.randomUUID` is missing where the page came by http from another machine. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

/**
 * The key of the last submit that was not answered: when the same is sent again, it must not become a second job.
 */
let unanswered: { text: string; key: string } | undefined

async function send({ rerunOf, body, idempotencyKey }: Submit): Promise<Job> {
  const text = printJson(body, 0)
  const known = unanswered?.text === (rerunOf ?? '') + text ? unanswered.key : newKey()
  const key = idempotencyKey ?? known
  unanswered = { text: (rerunOf ?? '') + text, key: known }
  const header = { 'Idempotency-Key': key }
  // The text is the truth: numbers of a body that is serialised again would be rounded.
  const written = { bodySerializer: () => text, parseAs: 'text' } as const
  const answered =
    rerunOf === undefined
      ? await call(
          api.POST('/jobs', {
            ...written,
            params: { header },
            body: body as unknown as components['schemas']['JobRequest'],
          }),
        )
      : await call(
          api.POST('/jobs/{job_id}/rerun', {
            ...written,
            params: { header, path: { job_id: rerunOf } },
            body: body,
          }),
        )
  unanswered = undefined
  return readJob(answered)
}

const SUBMITTED = ['submitted']
const REMEMBERED = 8

/** Ids of the last jobs that this tab submitted, the newest first; for as long as the tab is there. */
export const useSubmitted = () =>
  useQuery({ queryKey: SUBMITTED, queryFn: (): string[] => [], staleTime: 'static', gcTime: Infinity })

/** Submit a job, or run one again. Throws Problem. */
export function useSubmit() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSuccess: (job) => {
      queries.setQueryData(['job', job.id], job)
      queries.setQueryData(SUBMITTED, (ids: string[] = []) => [job.id, ...ids].slice(0, REMEMBERED))
      void queries.invalidateQueries({ queryKey: ['jobs'] })
    },
  })
}
