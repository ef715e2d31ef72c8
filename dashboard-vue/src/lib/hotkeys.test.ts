// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { capsOf, chordOf, isTyping, needsOwnKeys } from './hotkeys'

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
})

describe('chordOf', () => {
  it.each([
    [press('r'), 'r'],
    [press('X'), 'X'],
    [press('K', { ctrlKey: true }), 'Mod+k'],
    [press('k', { metaKey: true }), 'Mod+k'],
    [press('r', { altKey: true }), ''],
    [press('Shift'), ''],
  ])('names a press of keys', (event, chord) => expect(chordOf(event)).toBe(chord))
})

const element = (html: string) => {
  document.body.innerHTML = html
  return document.body.querySelector<HTMLElement>('[data-it]')
}

describe('who wants keys', () => {
  it.each([
    ['<input data-it>', true],
    ['<textarea data-it></textarea>', true],
    ['<input type="checkbox" data-it>', false],
    ['<button data-it></button>', false],
  ])('%s is typed in: %s', (html, is) => expect(isTyping(element(html))).toBe(is))

  it.each([
    ['<button data-it></button>', 'Enter', true],
    ['<button data-it></button>', 'j', false],
    ['<div role="menu"><div data-it></div></div>', 'ArrowDown', true],
    ['<div role="menu"><div data-it></div></div>', 'r', true],
    ['<p data-it></p>', 'Enter', false],
  ])('%s keeps %s: %s', (html, chord, is) => expect(needsOwnKeys(element(html), chord)).toBe(is))
})

it.each([
  ['g j', false, ['g', 'j']],
  ['Mod+k', true, ['⌘', 'K']],
  ['Mod+k', false, ['Ctrl', 'K']],
  ['Y', false, ['Shift', 'y']],
  [' ', false, ['Space']],
  ['Escape', false, ['Esc']],
])('%s is shown as caps', (chord, isMac, caps) => expect(capsOf(chord, isMac)).toEqual(caps))
