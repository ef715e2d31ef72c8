import type { components } from '../../src/api/schema'
import type { Stack } from '../fixtures/stack'

export type BatchItem = components['schemas']['BatchItem']

const QUEUES = ['emails', 'imports', 'payments']

/** Submits jobs at an even rate until `stop`. */
export class Load {
  submitted = 0
  private readonly timer: NodeJS.Timeout
  private running: Promise<void> = Promise.resolve()

  constructor(
    private readonly stack: Stack,
    private readonly rate: number,
    private readonly jobOf: (number: number) => BatchItem = variedJob,
  ) {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.submitBatch())
    }, 1000)
  }

  /** Raises what went wrong with a batch. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    await this.running
  }

  private async submitBatch(): Promise<void> {
    const jobs = Array.from({ length: this.rate }, (_, index) => this.jobOf(this.submitted + index))
    const { error } = await this.stack.api.POST('/jobs/batch', { body: { jobs } })
    if (error !== undefined) throw new Error(`no batch: ${JSON.stringify(error)}`)
    this.submitted += this.rate
  }
}

/** One of fifty fails, in one of five ways; one of twenty has progress and a log; the rest return at once. */
function variedJob(number: number): BatchItem {
  const queue = QUEUES[number % QUEUES.length]
  if (number % 50 === 0) {
    return {
      type: 'shop.charge',
      queue,
      payload: { message: `refused for reason ${'abcde'[(number / 50) % 5]}` },
    }
  }
  if (number % 20 === 0) return { type: 'shop.import', queue, payload: { steps: 4, lines: 5 } }
  return { type: 'shop.echo', queue, payload: { number } }
}
