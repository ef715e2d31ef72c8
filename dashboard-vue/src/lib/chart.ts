/** What a chart over time is made of; drawing it is components/charts. */
import { formatDay, formatMinute } from '@/lib/clock'
import type { JobStatus } from '@/lib/status'

export interface ChartSeries {
  label: string
  tone: JobStatus | 'accent' | 'muted'
  /** One for each x; null where there is none. */
  values: readonly (number | null)[]
  /** stack: how many in each step, on top of the series before it; line: a measure. */
  kind: 'stack' | 'line'
  /** A line of counts, of which several steps together have the sum. */
  isCount?: boolean
  /** Lengths of line and gap in pixels, for lines of one tone. */
  dash?: number[]
}

export type Column = (number | null)[]

/**
 * Columns as uPlot takes them, x first: stacked series have the sum up to themselves, and the last step has its end,
 * one x more, so that it is as wide as the others.
 */
export function columnsOf(
  x: readonly number[],
  step: number,
  series: readonly ChartSeries[],
): [number[], ...Column[]] {
  const last = x.at(-1)
  if (last === undefined) return [[], ...series.map(() => [])]
  let below: Column | null = null
  const columns = series.map(({ kind, values }): Column => {
    if (kind === 'line') return [...values, null]
    const sums: Column = x.map((_, index) => (values[index] ?? 0) + (below?.[index] ?? 0))
    below = sums
    return [...sums, sums.at(-1) ?? null]
  })
  return [[...x, last + step], ...columns]
}

export interface ChartRow {
  from: number
  to: number
  values: (number | null)[]
}

/** At most so many rows of equal length: sums of what is counted, and the greatest of a measure. */
export function rowsOf(
  x: readonly number[],
  step: number,
  series: readonly ChartSeries[],
  most = 12,
): ChartRow[] {
  const size = Math.max(1, Math.ceil(x.length / most))
  const starts = x.filter((_, index) => index % size === 0)
  return starts.map((from, row) => {
    const at = row * size
    const end = Math.min(at + size, x.length)
    return {
      from,
      to: x[end - 1]! + step,
      values: series.map((one) => gathered(one, one.values.slice(at, end))),
    }
  })
}

function gathered({ kind, isCount }: ChartSeries, values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null)
  if (kind === 'stack' || isCount) return known.reduce((sum, value) => sum + value, 0)
  return known.length > 0 ? Math.max(...known) : null
}

/** Where a line has a value and none on either side. */
export const lonePoints = (values: ArrayLike<number | null | undefined>): number[] =>
  Array.from(values, (_, index) => index).filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  )

/** Of the whole chart: the sum of what is counted, the greatest of a measure. */
export const wholeOf = (series: ChartSeries) => gathered(series, series.values)

/** Labels of the axis: `09:30`, at midnight and for whole days `2 Mar`. incr: seconds between them. */
export const tickLabels = (ticks: readonly number[], incr: number, isUtc: boolean): string[] =>
  ticks.map((tick) => {
    const minute = formatMinute(tick * 1000, isUtc)
    return incr >= 86_400 || minute === '00:00' ? formatDay(tick * 1000, isUtc) : minute
  })

/** Steps of an axis that counts whole things. */
export const WHOLE_STEPS = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map((n) => n * 10 ** power),
).flat()
