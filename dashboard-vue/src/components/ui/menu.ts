export interface MenuEntry {
  label: string
  run: () => void
  chord?: string
  /** Why it cannot be chosen now. */
  why?: string
  isDangerous?: boolean
}
