/** How long pages are looked at. */
export const MINUTES = Number(process.env.MINUTES ?? 30)
/** Jobs that are submitted each second. */
export const RATE = Number(process.env.RATE ?? 200)
/** Between two looks at the memory; a short run has twenty, too. */
export const INTERVAL_SECONDS = Math.min(30, (MINUTES * 60) / 20)
