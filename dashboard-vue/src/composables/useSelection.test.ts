import { beforeEach, describe, expect, it } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { useSelection } from './useSelection'

const ORDER = ['a', 'b', 'c', 'd', 'e']

describe('a selection', () => {
  const list = ref('failed')
  let selection: ReturnType<typeof useSelection<string>>
  beforeEach(() => {
    selection = effectScope().run(() => useSelection<string>(ref(ORDER), list))!
  })
  const chosen = () => [...selection.ids.value].join('')

  it('goes on and off', () => {
    selection.toggle('b')
    selection.toggle('d')
    selection.toggle('b')
    expect(chosen()).toBe('d')
    expect(selection.shown.value).toBe('indeterminate')
  })

  it.each([
    ['b', 'd', 'bcd'],
    ['d', 'b', 'dbc'],
  ])('goes from %s up to %s', (from, to, ids) => {
    selection.toggle(from)
    selection.extend(to)
    expect(chosen()).toBe(ids)
  })

  it('takes all that are shown, and none', () => {
    selection.toggleShown()
    expect(chosen()).toBe('abcde')
    expect(selection.shown.value).toBe(true)
    selection.toggleShown()
    expect(selection.isAny.value).toBe(false)
  })

  it('of all that match has every row, until one is chosen by hand', () => {
    selection.chooseAll('failed, as of now')
    expect(selection.isChosen('never seen')).toBe(true)
    selection.toggle('c')
    expect(selection.all.value).toBeNull()
    expect(chosen()).toBe('c')
  })

  it('is forgotten with its list', async () => {
    selection.chooseAll('failed, as of now')
    list.value = 'queued'
    await nextTick()
    expect(selection.isAny.value).toBe(false)
  })
})
