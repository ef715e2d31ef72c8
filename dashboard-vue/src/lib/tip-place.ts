interface Box {
  left: number
  top: number
  width: number
  height: number
}

const GAP = 4
const MARGIN = 8

/** Where a tip goes: in the middle below its target, above where there is no room, and never over an edge. In pixels. */
export function placeTip(target: Box, tip: Box, view = { width: innerWidth, height: innerHeight }) {
  const below = target.top + target.height + GAP
  const top = below + tip.height + MARGIN > view.height ? target.top - tip.height - GAP : below
  const middle = target.left + target.width / 2 - tip.width / 2
  const left = Math.max(MARGIN, Math.min(middle, view.width - tip.width - MARGIN))
  return { left: `${Math.round(left)}px`, top: `${Math.round(Math.max(MARGIN, top))}px` }
}
