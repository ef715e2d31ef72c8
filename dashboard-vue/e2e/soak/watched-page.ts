import type { BrowserContext, CDPSession, Page } from '@playwright/test'

export interface Sample {
  seconds: number
  heapMib: number
  nodes: number
  listeners: number
  /** Changes of the page since the sample before. */
  changes: number
}

interface Counted {
  soakChanges: number
}

/** A page that is looked at for long. */
export class WatchedPage {
  readonly samples: Sample[] = []

  private constructor(
    readonly path: string,
    private readonly page: Page,
    private readonly tools: CDPSession,
  ) {}

  static async open(context: BrowserContext, baseUrl: string, path: string): Promise<WatchedPage> {
    const page = await context.newPage()
    await page.addInitScript(() => {
      const counted = globalThis as unknown as Counted
      counted.soakChanges = 0
      const observer = new MutationObserver((records) => (counted.soakChanges += records.length))
      observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
    })
    const answer = await page.goto(baseUrl + path)
    if (!answer?.ok()) throw new Error(`${path} is not served: is the dashboard built?`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    return new WatchedPage(path, page, await context.newCDPSession(page))
  }

  /** What it holds after a forced collection of garbage. */
  async sample(seconds: number): Promise<Sample> {
    await this.tools.send('HeapProfiler.collectGarbage')
    const { usedSize } = await this.tools.send('Runtime.getHeapUsage')
    const { nodes, jsEventListeners } = await this.tools.send('Memory.getDOMCounters')
    const changes = await this.page.evaluate(() => {
      const counted = globalThis as unknown as Counted
      const { soakChanges } = counted
      counted.soakChanges = 0
      return soakChanges
    })
    const sample = {
      seconds,
      heapMib: usedSize / 2 ** 20,
      nodes,
      listeners: jsEventListeners,
      changes,
    }
    this.samples.push(sample)
    return sample
  }
}
