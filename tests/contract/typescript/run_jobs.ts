// Submit, wait, list and retry by types that openapi-typescript made of openapi.json: `tsc` compiles it, Node.js runs it.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./goqueue.js";

type Job = components["schemas"]["Job"];

const client = createClient<paths>({
  baseUrl: process.env.GOQUEUE_URL ?? "http://localhost:8080",
  headers: { Authorization: `Bearer ${process.env.GOQUEUE_API_KEY}` },
});

async function waited(job_id: string): Promise<Job> {
  const { data, error } = await client.GET("/jobs/{job_id}", { params: { path: { job_id }, query: { wait: 20 } } });
  assert(data, JSON.stringify(error));
  return data;
}

const submitted = await client.POST("/jobs", {
  params: { header: { "Idempotency-Key": "typescript-1" } },
  body: { type: "demo.sleep", payload: { seconds: 0.01 }, tags: ["typescript"] },
});
assert.equal(submitted.response.status, 201);
assert(submitted.data);
const job = submitted.data;
assert.equal(job.attempts, 0);
assert.equal((await waited(job.id)).status, "completed");

const listed = await client.GET("/jobs", { params: { query: { tag: ["typescript"], limit: 10 } } });
assert.deepEqual(listed.data?.items.map((item) => item.id), [job.id]);
assert.equal(listed.data?.next_cursor, null);

const retried = await client.POST("/jobs/{job_id}/retry", { params: { path: { job_id: job.id } } });
assert.equal(retried.data?.status, "queued");
assert.equal((await waited(job.id)).attempts, 2);

const refused = await client.POST("/jobs/{job_id}/run-now", { params: { path: { job_id: job.id } } });
assert.equal(refused.error?.code, "wrong_status" satisfies components["schemas"]["Problem"]["code"]);
// What the description does not allow does not compile.
// @ts-expect-error: tags are strings
const wrong: components["schemas"]["JobRequest"] = { type: "demo.sleep", tags: [17] };
// @ts-expect-error: there is no such path
void (() => client.GET("/job"));
// @ts-expect-error: there is no such status
void (() => client.GET("/jobs", { params: { query: { status: ["done"] } } }));
void wrong;
console.log("all done");
