import { loadavg } from 'node:os'
import { INTERACTIVE_LIMIT_MS, TASK_LIMIT_MS } from './options'
import type { Opening } from './opening'
import type { Scrolling } from './scrolling'

const FIGURES = ['row', 'interactive', 'count', 'chart'] as const
const WIDTH = 44

export const OPENING_HEAD = line('median ms from navigation', [...FIGURES, 'slowest', 'load'])

export function openingLine(path: string, openings: Opening[]): string {
  const medians = FIGURES.map((figure) => median(openings.map((opening) => opening[figure])))
  const slowest = Math.max(...openings.map(({ interactive }) => interactive))
  return line(path, [...medians, slowest].map(milliseconds).concat(load()))
}

export function isSoon(openings: Opening[]): boolean {
  return median(openings.map(({ interactive }) => interactive)) <= INTERACTIVE_LIMIT_MS
}

export function scrollingLines(scrolling: Scrolling, seconds: number): string[] {
  const { count, longestByClock, longestByProcessor, longByClock, longByProcessor, requests, rows } =
    scrolling
  return [
    line(`tasks of the page in ${seconds} s`, ['longest ms', `over ${TASK_LIMIT_MS} ms`]),
    line('by processor', [longestByProcessor.toFixed(1), `${longByProcessor} of ${count}`]),
    line('by clock', [longestByClock.toFixed(1), `${longByClock} of ${count}`]),
    `${(requests / seconds).toFixed(1)} requests a second, up to ${rows} rows, load ${load()}`,
  ]
}

/** The last minute's, of how many wanted a processor. */
const load = () => loadavg()[0]!.toFixed(1)

const milliseconds = (value: number) => (Number.isFinite(value) ? value.toFixed(0) : '-')

function line(name: string, cells: string[]): string {
  return name.padEnd(WIDTH) + cells.map((cell) => cell.padStart(13)).join('')
}

function median(values: number[]): number {
  const sorted = values
    .map((value) => (Number.isNaN(value) ? Infinity : value))
    .sort((one, other) => one - other)
  return sorted[sorted.length >> 1]!
}
