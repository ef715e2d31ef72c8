// pg-boss in batches of 100 with LISTEN/NOTIFY; its defaults are one job for each poll of two seconds.
import { PgBoss } from 'pg-boss'

const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, useListenNotify: true })
boss.on('error', console.error)

export async function setup() {
  await boss.start()
  await boss.createQueue('peer', { notify: true })
}

export async function work(started) {
  await boss.start()
  const options = { batchSize: 100, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }
  await boss.work('peer', options, async (jobs) => {
    for (const job of jobs) started(job.data)
  })
}

export const connect = () => boss.start()
export const submit = (arg) => boss.send('peer', arg)
export const submitMany = (args) => boss.insert('peer', args.map((data) => ({ data })))
