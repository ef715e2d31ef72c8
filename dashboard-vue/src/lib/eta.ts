export interface ProgressPoint {
  /** Milliseconds since 1970. */
  at: number
  fraction: number
}

/** Less tells no rate. */
const LEAST_MILLISECONDS = 1_000
const KEPT_MILLISECONDS = 60_000

/** The points to go on with: those of the last minute of this attempt; one that fell back begins anew. */
export function addPoint(points: readonly ProgressPoint[], point: ProgressPoint): ProgressPoint[] {
  const last = points.at(-1)
  if (last && point.fraction < last.fraction) return [point]
  if (last?.at === point.at) return [...points]
  return [...points.filter(({ at }) => at >= point.at - KEPT_MILLISECONDS), point]
}

/** Seconds until it is done, at the rate from the first point to the last; null: nobody can say. */
export function etaSeconds(points: readonly ProgressPoint[], now: number): number | null {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || last.at - first.at < LEAST_MILLISECONDS || last.fraction <= first.fraction)
    return null
  const rate = (last.fraction - first.fraction) / (last.at - first.at)
  return Math.max(0, (1 - last.fraction) / rate - (now - last.at)) / 1000
}
