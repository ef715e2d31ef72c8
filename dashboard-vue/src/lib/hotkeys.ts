type KeyPress = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey'>

/** `r`, `R` (with Shift), `Mod+k`; '' for what is no key of ours, such as Alt and a letter. */
export function chordOf({ key, metaKey, ctrlKey, altKey }: KeyPress): string {
  if (altKey || ['Shift', 'Control', 'Meta', 'Alt', 'Tab', 'Dead'].includes(key)) return ''
  return metaKey || ctrlKey ? `Mod+${key.toLowerCase()}` : key
}

/** Whether keys write text there. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  const isButtonLike =
    target instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(target.type)
  return target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !isButtonLike)
}

const PRESSED_BY_ENTER =
  'a[href], button, summary, input, [role=button], [role=checkbox], [role=switch], [role=tab]'
const MOVED_BY_ARROWS =
  '[role=menu], [role=listbox], [role=tablist], [role=radiogroup], [role=slider], [role=grid]'
const SCROLLED_BY_ARROWS = ':is([role=region], [role=log], pre)[tabindex="0"]'

/** Whether the element that has the focus does something itself with this key. */
export function needsOwnKeys(target: EventTarget | null, chord: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (chord === 'Enter' || chord === ' ') return target.closest(PRESSED_BY_ENTER) !== null
  if (chord.startsWith('Arrow') && target.closest(SCROLLED_BY_ARROWS) !== null) return true
  return target.closest(MOVED_BY_ARROWS) !== null && (chord.startsWith('Arrow') || chord.length === 1)
}

const NAMES: Record<string, string> = {
  ' ': 'Space',
  ArrowDown: '↓',
  ArrowUp: '↑',
  Escape: 'Esc',
}

/** The caps to press, in order: `g j` is two, `Mod+k` is Ctrl or ⌘ with K. */
export function capsOf(chord: string, isMac: boolean): string[] {
  if (chord === ' ') return ['Space']
  return chord.split(' ').flatMap((part) => {
    if (part.startsWith('Mod+')) return [isMac ? '⌘' : 'Ctrl', part.slice(4).toUpperCase()]
    if (/^[A-Z]$/.test(part)) return ['Shift', part.toLowerCase()]
    return [NAMES[part] ?? part]
  })
}
