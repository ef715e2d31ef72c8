import type { Browser } from '@playwright/test'

export interface PageCase {
  path: string
  /** What must be there to be clicked. */
  row: string
  /** What holds a number once jobs were counted. */
  count: string
  /** What the page draws its chart on, if it has one. */
  chart?: string
}

/** Milliseconds since the navigation began; NaN: never came; Infinity: the page has none. */
export interface Opening {
  row: number
  interactive: number
  count: number
  chart: number
}

const PATIENCE_MS = 20_000

/** How long a page takes in a browser that has nothing of it yet. */
export async function open(browser: Browser, baseUrl: string, { path, row, count, chart }: PageCase) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  try {
    const page = await context.newPage()
    await page.addInitScript(watch, { row, count, chart })
    await page.goto(baseUrl + path, { waitUntil: 'commit' })
    const isOpened = () => {
      const { row, interactive, count, chart } = (globalThis as unknown as { opening: Opening }).opening
      return [row, interactive, count, chart].every((at) => !Number.isNaN(at))
    }
    await page.waitForFunction(isOpened, undefined, { timeout: PATIENCE_MS }).catch(() => undefined)
    return await page.evaluate(() => (globalThis as unknown as { opening: Opening }).opening)
  } finally {
    await context.close()
  }
}

/** Runs in the page, and looks at each frame what is there. */
function watch({ row, count, chart }: { row: string; count: string; chart: string | undefined }) {
  const opening: Opening = { row: NaN, interactive: NaN, count: NaN, chart: chart ? NaN : Infinity }
  Object.assign(globalThis, { opening })

  const isClickable = (element: Element | null) => {
    if (element === null) return false
    const { left, top, width, height } = element.getBoundingClientRect()
    const hit = document.elementFromPoint(left + width / 2, top + height / 2)
    return hit !== null && element.contains(hit)
  }
  // The time is that of a task after the frame: then it was painted.
  const painted = (then: () => void) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = then
    port2.postMessage(null)
  }
  let isSeen = false
  const look = () => {
    if (!isSeen && isClickable(document.querySelector(row))) {
      isSeen = true
      painted(() => {
        opening.row = performance.now()
        requestIdleCallback(() => (opening.interactive = performance.now()))
      })
    }
    if (Number.isNaN(opening.count) && /\d/.test(document.querySelector(count)?.textContent ?? ''))
      opening.count = performance.now()
    if (Number.isNaN(opening.chart) && chart && document.querySelector(chart))
      opening.chart = performance.now()
    if ([opening.row, opening.count, opening.chart].some(Number.isNaN)) requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}
