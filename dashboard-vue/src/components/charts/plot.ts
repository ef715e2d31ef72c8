import uPlot from 'uplot'
import { type ChartSeries, WHOLE_STEPS, lonePoints, tickLabels } from '@/lib/chart'

export interface PlotOptions {
  width: number
  height: number
  series: readonly ChartSeries[]
  isUtc: boolean
  format: (value: number) => string
  /** Charts of one key show the cursor together. */
  syncKey: string | undefined
  canSelect: boolean
  onCursor: (index: number | null) => void
  /** Seconds since 1970. */
  onSelect: (from: number, to: number) => void
}

/** Narrower drags are clicks of a shaking hand. */
const LEAST_PIXELS = 5

/** A canvas knows nothing of CSS variables: colours are those of the moment it is made. */
const cssColor = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const toneColor = (tone: ChartSeries['tone']) =>
  cssColor(tone === 'accent' || tone === 'muted' ? `--${tone}` : `--s-${tone}`)
const softened = (color: string) => `color-mix(in srgb, ${color} 80%, transparent)`

export function plotOptions(options: PlotOptions): uPlot.Options {
  const { width, height, series, isUtc } = options
  return {
    width,
    height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    tzDate: (seconds) =>
      isUtc ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000),
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: options.canSelect, y: false, setScale: false, dist: LEAST_PIXELS },
      ...(options.syncKey ? { sync: { key: options.syncKey } } : {}),
    },
    scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.08, hasCounts(series) ? 1 : 0.01)] } },
    axes: axesOf(options),
    series: [{}, ...series.map(plotSeries)],
    bands: bandsOf(series),
    hooks: {
      setCursor: [({ cursor }) => options.onCursor(cursor.idx ?? null)],
      setSelect: [(plot) => select(plot, options.onSelect)],
    },
  }
}

const hasCounts = (series: readonly ChartSeries[]) => series.some(({ kind }) => kind === 'stack')

function axesOf({ series, isUtc, format }: PlotOptions): uPlot.Axis[] {
  const look = {
    stroke: cssColor('--muted'),
    font: '11px Inter, sans-serif',
    grid: { stroke: cssColor('--line'), width: 1 },
    ticks: { show: false },
  }
  return [
    {
      ...look,
      size: 24,
      grid: { show: false },
      values: (_, ticks, __, ___, incr) => tickLabels(ticks, incr, isUtc),
    },
    {
      ...look,
      size: 46,
      space: 28,
      ...(hasCounts(series) ? { incrs: WHOLE_STEPS } : {}),
      values: (_, ticks) => ticks.map(format),
    },
  ]
}

/** A value without neighbours makes no line: it is a point. */
const pointsOf = (color: string): uPlot.Series.Points => ({
  show: false,
  size: 4,
  width: 0,
  fill: color,
  filter: (plot, series) => lonePoints(plot.data[series] ?? []),
})

function plotSeries({ kind, tone, dash }: ChartSeries): uPlot.Series {
  const color = toneColor(tone)
  if (kind === 'line')
    return { stroke: color, width: 1.5, points: pointsOf(color), ...(dash ? { dash } : {}) }
  const stepped = uPlot.paths.stepped?.({ align: 1 })
  // Without an outline, which would show a series that has nothing as a line.
  return { fill: softened(color), width: 0, points: { show: false }, ...(stepped ? { paths: stepped } : {}) }
}

/** Each stacked series fills only down to the one below it. */
function bandsOf(series: readonly ChartSeries[]): uPlot.Band[] {
  const stacked = series.flatMap(({ kind }, index) => (kind === 'stack' ? [index + 1] : []))
  return stacked.slice(1).map((upper, index) => ({ series: [upper, stacked[index]!] }))
}

function select(plot: uPlot, onSelect: PlotOptions['onSelect']) {
  const { left, width } = plot.select
  if (width < LEAST_PIXELS) return
  const from = plot.posToVal(left, 'x')
  const to = plot.posToVal(left + width, 'x')
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  onSelect(from, to)
}
