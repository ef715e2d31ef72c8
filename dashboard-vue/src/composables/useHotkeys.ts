import { onScopeDispose, shallowReactive } from 'vue'
import { chordOf, isTyping, needsOwnKeys } from '@/lib/hotkeys'

export interface Hotkey {
  /** As in the `?` help, a verb first: `Retry`. */
  label: string
  run: () => void
  /** Under which heading the help shows it. */
  group: 'Everywhere' | 'Go to' | 'This page'
}

/** A chord is `r`, `X`, `?`, `Enter`, ` `, `g j` (one after the other) or `Mod+k` (Ctrl or Cmd). */
type Chord = string

const registered = shallowReactive(new Map<Chord, Hotkey[]>())
const SEQUENCE_MILLISECONDS = 1_200
let prefix = ''
let prefixedAt = 0

/** All keys that do something now, for the help: the last that was registered for a chord wins. */
export const activeHotkeys = () =>
  [...registered].flatMap(([chord, keys]) => keys.slice(-1).map((key) => ({ chord, ...key })))

/** Open things that Esc closes by itself; they hear of a key after us, and of none that was taken. */
const CLOSED_BY_ESCAPE = '[role=menu], [role=listbox], [popover]:popover-open, #tooltip'

const isModalOpen = () => document.querySelector('[role=dialog][data-modal], [role=alertdialog]') !== null

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing) return
  const chord = chordOf(event)
  const hasModifier = chord.startsWith('Mod+')
  if (chord === '' || (!hasModifier && (isTyping(event.target) || isModalOpen()))) return
  if (needsOwnKeys(event.target, chord)) return
  if (chord === 'Escape' && document.querySelector(CLOSED_BY_ESCAPE)) return
  const isSequence = prefix !== '' && event.timeStamp - prefixedAt < SEQUENCE_MILLISECONDS
  const full = isSequence ? `${prefix} ${chord}` : chord
  prefix = ''
  const hotkey = registered.get(full)?.at(-1)
  if (hotkey) {
    event.preventDefault()
    hotkey.run()
  } else if (!isSequence && [...registered.keys()].some((other) => other.startsWith(`${chord} `))) {
    prefix = chord
    prefixedAt = event.timeStamp
  }
})

/** Keys that work while the component lives, silent while somebody types or a dialog is open. */
export function useHotkeys(
  keys: Record<Chord, [label: string, run: () => void]>,
  group: Hotkey['group'] = 'This page',
) {
  const own = Object.entries(keys).map(([chord, [label, run]]) => ({ chord, hotkey: { label, run, group } }))
  for (const { chord, hotkey } of own) registered.set(chord, [...(registered.get(chord) ?? []), hotkey])
  onScopeDispose(() => {
    for (const { chord, hotkey } of own) {
      const left = (registered.get(chord) ?? []).filter((other) => other !== hotkey)
      if (left.length > 0) registered.set(chord, left)
      else registered.delete(chord)
    }
  })
}
