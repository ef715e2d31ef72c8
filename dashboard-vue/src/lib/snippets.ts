import { isNumber, isObject, print, printJson, wrap, type Json, type JsonObject } from './lossless'

/** A submit as the API takes it, to be said in other words. */
export interface JobCall {
  /** Absolute, without a slash at the end: `http://localhost:3000/api`. */
  api: string
  /** Set: that job is submitted again with `body` as its changes. */
  rerunOf?: string
  body: JsonObject
  /** One that a person chose, not the one of a single click. */
  idempotencyKey?: string
  hasKey: boolean
}

export const pathOf = ({ rerunOf }: Pick<JobCall, 'rerunOf'>) =>
  rerunOf === undefined ? '/jobs' : `/jobs/${encodeURIComponent(rerunOf)}/rerun`

/** Linux takes no argument above 128 KiB. */
const LARGEST_ARGUMENT = 100_000

export function curlSnippet(call: JobCall): string {
  const body = printJson(call.body)
  const isLong = new TextEncoder().encode(body).length > LARGEST_ARGUMENT
  const lines = [
    `curl -sS ${shellQuoted(call.api + pathOf(call))}`,
    `-H 'Content-Type: application/json'`,
    ...(call.hasKey ? ['-H "Authorization: Bearer $GOQUEUE_API_KEY"'] : []),
    ...(call.idempotencyKey === undefined
      ? []
      : [`-H ${shellQuoted(`Idempotency-Key: ${call.idempotencyKey}`)}`]),
    // A line of JSON is never the word alone.
    isLong ? `--data-binary @- <<'JSON'\n${body}\nJSON` : `--data-raw ${shellQuoted(body)}`,
  ]
  return lines.join(' \\\n  ')
}

const shellQuoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

const MOMENTS = ['run_at', 'expires_at']

/** The same by the SDK, which reads GOQUEUE_API_KEY by itself. */
export function pythonSnippet(call: JobCall): string {
  const { type, payload, ...options } = call.body
  const first = call.rerunOf ?? type ?? ''
  const named = Object.entries({ ...options, ...idempotencyOf(call) }).map(([name, value]) => {
    const isMoment = MOMENTS.includes(name) && typeof value === 'string'
    return `${name}=${isMoment ? momentLiteral(value) : pythonLiteral(value, ARGUMENT)}`
  })
  const given = payload === undefined ? [] : [pythonLiteral(payload, ARGUMENT)]
  const parts = [pythonLiteral(first, ARGUMENT), ...given, ...named]
  const hasMoment = named.some((part) => part.includes('=datetime.'))
  return [
    ...(hasMoment ? ['from datetime import datetime', ''] : []),
    'from goqueue import Client',
    '',
    `with Client(${JSON.stringify(call.api)}) as client:`,
    `    job = client.${call.rerunOf === undefined ? 'submit' : 'rerun'}(${parts.map((part) => ARGUMENT + part).join(',')},`,
    '    )',
    '    print(job.id)',
  ].join('\n')
}

const ARGUMENT = '\n        '

const idempotencyOf = ({ idempotencyKey }: JobCall): JsonObject =>
  idempotencyKey === undefined ? {} : { idempotency_key: idempotencyKey }

/** Python before 3.11 reads no `Z`. */
const momentLiteral = (at: string) => `datetime.fromisoformat(${JSON.stringify(at.replace(/Z$/i, '+00:00'))})`

/** Strings and numbers of JSON are literals of Python too. line: what begins each of its lines. */
function pythonLiteral(value: Json, line: string): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (Array.isArray(value)) {
    return wrap('[', ']', 4, line, (inner) => value.map((item) => pythonLiteral(item, inner)))
  }
  if (isObject(value) && !isNumber(value)) {
    return wrap('{', '}', 4, line, (inner) =>
      Object.entries(value).map(([name, of]) => `${JSON.stringify(name)}: ${pythonLiteral(of, inner)}`),
    )
  }
  return print(value, 0, line)
}
