import { growthOf } from './growth'
import type { Sample, WatchedPage } from './watched-page'

const FIGURES = { 'heap MiB': 'heapMib', nodes: 'nodes', listeners: 'listeners' } as const
const BAR_WIDTH = 40

export const HEAD = row('time', 'page', 'heap MiB', 'nodes', 'listeners', 'changes')

export function sampleRow(path: string, sample: Sample): string {
  const { seconds, heapMib, nodes, listeners, changes } = sample
  return row(clock(seconds), path, heapMib.toFixed(1), String(nodes), String(listeners), String(changes))
}

/** A line that is written over, on a terminal. */
export function bar(part: number, submitted: number): string {
  const done = Math.round(part * BAR_WIDTH)
  return `\r[${'#'.repeat(done)}${'.'.repeat(BAR_WIDTH - done)}] ${Math.round(part * 100)} %, ${submitted} jobs\r`
}

/** What became of each figure of each page, and whether one of them grows or a page has stopped changing. */
export function verdict(pages: WatchedPage[]): { lines: string[]; isGood: boolean } {
  const lines = [row('page', 'figure', 'from', 'to', 'per hour', '')]
  let isGood = true
  for (const { path, samples } of pages) {
    const seconds = samples.map((sample) => sample.seconds)
    for (const [name, key] of Object.entries(FIGURES)) {
      const values = samples.map((sample) => sample[key])
      const { from, to, perHour, isGrowing } = growthOf(values, seconds)
      const word = isGrowing ? 'GROWS' : 'flat'
      lines.push(row(path, name, from.toFixed(1), to.toFixed(1), perHour.toFixed(1), word))
      isGood &&= !isGrowing
    }
    if (samples.at(-1)?.changes === 0) {
      lines.push(`${path} no longer changes: it is not live, and its memory says nothing`)
      isGood = false
    }
  }
  return { lines, isGood }
}

function row(...cells: string[]): string {
  return cells.map((cell, index) => (index < 2 ? cell.padEnd(12) : cell.padStart(12))).join('')
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}m ${String(Math.floor(seconds % 60)).padStart(2, '0')}s`
}
