/** Jobs in the table before anything is measured. */
export const ROWS = Number(process.env.ROWS ?? 10_000_000)
/** A folder that keeps them for the next time; else they are made in one of its own, and removed. */
export const DATA = process.env.DATA
/** How often each page is opened. */
export const ROUNDS = Number(process.env.ROUNDS ?? 7)
/** Jobs that are submitted each second while the page scrolls, and for how long. */
export const RATE = Number(process.env.RATE ?? 1000)
export const SECONDS = Number(process.env.FLOOD_SECONDS ?? 30)

export const INTERACTIVE_LIMIT_MS = 1000
export const TASK_LIMIT_MS = 50
