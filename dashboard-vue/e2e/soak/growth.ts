/** More than so much, from the median of the first third to that of the last, is growth. */
const TOLERATED = 0.1
const WARM_UP = 0.1

export interface Growth {
  /** Medians of the first third after the warm-up, and of the last. */
  from: number
  to: number
  /** By least squares. */
  perHour: number
  isGrowing: boolean
}

/** Whether a figure grows; `seconds` says when each value was read. */
export function growthOf(values: number[], seconds: number[]): Growth {
  const skipped = Math.ceil(values.length * WARM_UP)
  const [warm, times] = [values.slice(skipped), seconds.slice(skipped)]
  const third = Math.max(1, Math.floor(warm.length / 3))
  const [from, to] = [median(warm.slice(0, third)), median(warm.slice(-third))]
  return { from, to, perHour: slope(warm, times) * 3600, isGrowing: to > from * (1 + TOLERATED) }
}

function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function slope(values: number[], times: number[]): number {
  const mean = (of: number[]) => of.reduce((sum, value) => sum + value, 0) / of.length
  const [meanValue, meanTime] = [mean(values), mean(times)]
  const covariance = mean(values.map((value, index) => (value - meanValue) * (times[index]! - meanTime)))
  return covariance / mean(times.map((time) => (time - meanTime) ** 2))
}
