import type { components } from './schema'

type Told = Partial<Omit<components['schemas']['Problem'], 'code'>> & { code?: string }

/** What the API refuses, or that it cannot be reached: then `status` is 0 and `code` `unreachable`. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: { pointer: string; detail: string }[]
  /** Seconds; null: the API does not say. */
  readonly retryAfter: number | null

  constructor(status: number, told: Told, retryAfter: number | null = null) {
    super(readable(told.detail) ?? told.title ?? `The API answered with status ${status}.`)
    this.name = 'Problem'
    this.status = status
    this.code = told.code ?? 'unknown'
    this.errors = told.errors ?? []
    this.retryAfter = retryAfter
  }

  get isUnreachable() {
    return this.status === 0
  }
}

/** A proxy answers for an API that is away with a page of its own, which is no problem document. */
export function problemOf(response: Response, body: unknown): Problem {
  const told = isTold(body) ? body : {}
  if (!told.code && [502, 503, 504].includes(response.status)) return unreachable()
  const seconds = Number(response.headers.get('Retry-After') ?? NaN)
  return new Problem(response.status, told, Number.isFinite(seconds) ? seconds : null)
}

export const unreachable = () => new Problem(0, { code: 'unreachable', detail: 'The API cannot be reached.' })

/** It is there, or a proxy before it, and may yet do what was asked. */
export const tooSlow = () =>
  new Problem(504, { code: 'timeout', detail: 'The API has not answered for 30 seconds.' })

const isTold = (body: unknown): body is Told =>
  typeof body === 'object' &&
  body !== null &&
  (!('detail' in body) || typeof body.detail === 'string') &&
  (!('errors' in body) || Array.isArray(body.errors))

/** The API points into the request: `/query/status/0: ...`. People see a form: `status: ...`. */
function readable(detail: string | undefined): string | undefined {
  return detail?.replace(
    /(^|; )\/(?:(?:query|header|path)\/)?([^\s:]+?)(?:\/\d+)?: /g,
    (_, before: string, name: string) => {
      return `${before}${name.replaceAll('/', '.')}: `
    },
  )
}
