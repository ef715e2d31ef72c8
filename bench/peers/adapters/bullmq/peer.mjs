// BullMQ with ten jobs at a time in each of two processes.
import { Queue, Worker } from 'bullmq'

const { hostname: host, port, username, password } = new URL(process.env.REDIS_URL)
const connection = { host, port: Number(port), username, password: decodeURIComponent(password) }
let queue

export async function work(started) {
  new Worker('peer', async (job) => started(job.data), { connection, concurrency: 10, removeOnComplete: { count: 0 } })
}

export async function connect() {
  queue = new Queue('peer', { connection })
  await queue.waitUntilReady()
}

export const submit = (arg) => queue.add('noop', arg)
export const submitMany = (args) => queue.addBulk(args.map((data) => ({ name: 'noop', data })))
