export interface SparkBar {
  x: number
  y: number
  width: number
  height: number
}

const GAP = 1
/** What is not nothing can be seen beside nothing. */
const LEAST_HEIGHT = 1.5

/** Bars from the foot of a box, as wide as it together; the greatest count reaches its top. */
export function sparkBars(counts: readonly (number | null)[], width: number, height: number): SparkBar[] {
  const most = Math.max(1, ...counts.map((count) => count ?? 0))
  const step = width / Math.max(1, counts.length)
  return counts.flatMap((count, index) => {
    if (!count) return []
    const tall = Math.max(LEAST_HEIGHT, (count / most) * height)
    return [{ x: index * step, y: height - tall, width: Math.max(step - GAP, step * 0.6), height: tall }]
  })
}
