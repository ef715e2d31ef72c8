// Graphile Worker; `batched`: a local queue of 500 and completions in batches, its documentation's word on speed.
import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker'

const connectionString = process.env.DATABASE_URL
const logger = new Logger(() => () => {})
const BATCHED = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }
let utils

export const setup = () => runMigrations({ connectionString, logger })

export async function work(started) {
  await run({
    connectionString,
    logger,
    concurrency: 10,
    noHandleSignals: false,
    preset: { worker: process.env.VARIANT === 'batched' ? BATCHED : {} },
    taskList: { noop: async (payload) => started(payload) },
  })
}

export async function connect() {
  utils = await makeWorkerUtils({ connectionString, logger })
}

export const submit = (arg) => utils.addJob('noop', arg)
export const submitMany = (args) => utils.addJobs(args.map((payload) => ({ identifier: 'noop', payload })))
