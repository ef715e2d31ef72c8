// @vitest-environment node
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isSame, printJson, readJson, type Json, type JsonObject } from './lossless'
import { curlSnippet, pythonSnippet, type JobCall } from './snippets'

const API = 'http://localhost:3000/api'
const bodyOf = (text: string) => readJson(text) as JsonObject
const call = (body: JsonObject, beside: Partial<JobCall> = {}): JobCall => ({
  api: API,
  body,
  hasKey: false,
  ...beside,
})

const NASTY = bodyOf(String.raw`{
  "type": "kinds.all",
  "payload": {
    "quotes": "it's \"quoted\" \\ and $HOME \u0060id\u0060 !! %s",
    "lines": "one\ntwo\r\n\tthree\u0000\u2028",
    "word": "größer 😀 \ud83d",
    "json": "\nJSON\n", "f": "{x} '''",
    "big": [9007199254740993, 9223372036854775807, -9223372036854775808, 1.0, 0.25, 0],
    "yes": true, "no": false, "none": null, "empty": [{}, [], ""],
    "it's \"a\" name": {"deep": [[1], {"a": 2}]}
  },
  "queue": "mail", "run_at": "2030-01-31T12:00:00Z", "max_retries": 2, "timeout": 1.5, "tags": ["a,b", "it's"]
}`)

/** Stands in for the program that the snippet calls, and prints what it was given. */
const folder = mkdtempSync(join(tmpdir(), 'snippets-'))
const curl = join(folder, 'curl')
writeFileSync(
  curl,
  `#!/usr/bin/env python3
import json, sys
given = sys.argv[1:]
body = given[given.index("--data-raw") + 1] if "--data-raw" in given else sys.stdin.read()
sys.stdout.write(json.dumps({"url": given[1], "headers": [given[i + 1] for i, a in enumerate(given) if a == "-H"], "body": body}))
`,
)
chmodSync(curl, 0o755)
writeFileSync(
  join(folder, 'goqueue.py'),
  `import datetime, json, sys
def plain(value):
    return {"at": value.isoformat()} if isinstance(value, datetime.datetime) else value
class Job: id = ""
class Client:
    def __init__(self, url): self.url = url
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def _do(self, how, first, payload=None, **options):
        sys.stdout.write(json.dumps({"url": self.url, "how": how, "first": first, "payload": payload,
            "options": {k: plain(v) for k, v in options.items()}}))
        return Job
    def submit(self, *given, **options): return self._do("submit", *given, **options)
    def rerun(self, *given, **options): return self._do("rerun", *given, **options)
`,
)

function runCurl(snippet: string, environment: Record<string, string> = {}) {
  const PATH = `${folder}:${process.env.PATH}`
  const told = execFileSync('bash', [], { input: snippet, env: { PATH, HOME: '/nobody', ...environment } })
  return JSON.parse(told.toString()) as { url: string; headers: string[]; body: string }
}

const runPython = (snippet: string) =>
  readJson(
    execFileSync('python3', ['-'], {
      input: snippet,
      env: { ...process.env, PYTHONPATH: folder },
    }).toString(),
  ) as JsonObject

const expectSame = (one: Json | undefined, other: Json | undefined) =>
  expect(isSame(one ?? null, other ?? null), printJson(one ?? null)).toBe(true)

describe('curl', () => {
  it('reads well', () => {
    expect(
      curlSnippet(call(bodyOf('{"type": "demo.sleep", "payload": {"seconds": 1}}'), { hasKey: true })),
    ).toBe(
      `curl -sS 'http://localhost:3000/api/jobs' \\
  -H 'Content-Type: application/json' \\
  -H "Authorization: Bearer $GOQUEUE_API_KEY" \\
  --data-raw '{
  "type": "demo.sleep",
  "payload": {
    "seconds": 1
  }
}'`,
    )
  })

  it('sends in bash what the form sends', () => {
    const { url, headers, body } = runCurl(
      curlSnippet(call(NASTY, { rerunOf: 'a b', idempotencyKey: "it's $one", hasKey: true })),
      { GOQUEUE_API_KEY: 'gq_1' },
    )
    expect(url).toBe(`${API}/jobs/a%20b/rerun`)
    expect(headers).toEqual([
      'Content-Type: application/json',
      'Authorization: Bearer gq_1',
      "Idempotency-Key: it's $one",
    ])
    expectSame(readJson(body), NASTY)
  })

  it('sends also what is too long for an argument', () => {
    const body = bodyOf(`{"type": "x", "payload": {"long": "${"it's ".repeat(40_000)}", "json": "JSON"}}`)
    expectSame(readJson(runCurl(curlSnippet(call(body))).body), body)
  })
})

describe('python', () => {
  it('reads well', () => {
    expect(
      pythonSnippet(
        call(bodyOf('{"type": "demo.sleep", "payload": {"seconds": 1}, "run_at": "2030-01-31T12:00:00Z"}')),
      ),
    ).toBe(`from datetime import datetime

from goqueue import Client

with Client("http://localhost:3000/api") as client:
    job = client.submit(
        "demo.sleep",
        {
            "seconds": 1
        },
        run_at=datetime.fromisoformat("2030-01-31T12:00:00+00:00"),
    )
    print(job.id)`)
  })

  it('sends in python what the form sends', () => {
    const told = runPython(pythonSnippet(call(NASTY, { idempotencyKey: "it's" })))
    const { type, payload, ...options } = NASTY
    expect([told.url, told.how, told.first]).toEqual([API, 'submit', type])
    expectSame(told.payload, payload)
    expectSame(told.options, {
      ...options,
      idempotency_key: "it's",
      run_at: { at: '2030-01-31T12:00:00+00:00' },
    })
  })

  it('submits again what has run', () => {
    const told = runPython(pythonSnippet(call(bodyOf('{"priority": "high"}'), { rerunOf: '01-ab' })))
    expectSame(
      told,
      bodyOf(
        `{"url": "${API}", "how": "rerun", "first": "01-ab", "payload": null, "options": {"priority": "high"}}`,
      ),
    )
  })
})
