import { describe, expect, it } from 'vitest'
import { completed, completionAt, suggestedField, suggestions } from '@/lib/filter-completion'

/** `|` is where the caret is. */
function at(marked: string) {
  const caret = marked.indexOf('|')
  return { text: marked.replace('|', ''), completion: completionAt(marked.replace('|', ''), caret) }
}

describe('what is being typed', () => {
  it.each<[string, string | null, string, boolean]>([
    ['|', null, '', false],
    ['sta|', null, 'sta', false],
    ['-que|', null, 'que', true],
    ['status:|', 'status', '', false],
    ['queue:ema|', 'queue', 'ema', false],
    ['queue:a,b|', 'queue', 'b', false],
    ['queue:a,|', 'queue', '', false],
    ['-tag:"eu w|', 'tag', 'eu w', true],
    ['queue:a |', null, '', false],
    ['queue:a sta| type:b', null, 'sta', false],
    ['payload.user.id:4|', 'payload.user.id', '4', false],
  ])('%s', (marked, key, prefix, isDenied) => {
    expect(at(marked).completion).toMatchObject({ key, prefix, isDenied })
  })

  it.each([
    ['queue:|', 'queue'],
    ['-worker:|', 'worker'],
    ['ema|', 'type'],
    ['|', null],
    ['error:x|', null],
    ['-ema|', null],
  ])('asks of %s for values of %s', (marked, field) => {
    expect(suggestedField(at(marked).completion)).toBe(field)
  })
})

const KNOWN = [{ value: 'eu west', count: 1000, relation: 'gte' }]

describe('what is offered', () => {
  it.each<[string, string[]]>([
    ['sta|', ['status:', 'type:eu west', 'error:sta']],
    ['-ta|', ['tag:']],
    ['pay|', ['payload.', 'type:eu west']],
    ['tag:|', ['eu west']],
    ['took:>|', ['>1s', '>10s', '>1m', '>10m']],
    ['error:x|', []],
  ])('for %s', (marked, labels) => {
    const { completion } = at(marked)
    const known = suggestedField(completion) ? KNOWN : []
    expect(suggestions(completion, known).map(({ label }) => label)).toEqual(labels)
  })

  it.each([
    ['sta|', 'status:|'],
    ['queue:a -ta| type:b', 'queue:a -tag:| type:b'],
    ['tag:"eu|', 'tag:"eu west"|'],
    ['tag:x,e|', 'tag:x,"eu west"|'],
  ])('takes the place of it: %s', (before, after) => {
    const { text, completion } = at(before)
    const [first] = suggestions(completion, KNOWN)
    const { text: now, caret } = completed(text, completion, first!)
    expect(`${now.slice(0, caret)}|${now.slice(caret)}`).toBe(after)
  })
})
