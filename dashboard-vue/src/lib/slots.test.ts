import { describe, expect, it } from 'vitest'
import { countTypes, placeJobs, type Slot } from './slots'

interface Job {
  job_id: string
}

const jobs = (ids: string): Job[] => [...ids].map((id) => ({ job_id: id }))
/** `a.b?`: a job, an idle slot, a job, one whose name is not known. */
const read = (text: string): Slot<Job>[] =>
  [...text].map((letter) => ({
    isBusy: letter !== '.',
    job: /[a-z]/.test(letter) ? { job_id: letter } : null,
  }))
const write = (slots: Slot<Job>[]) =>
  slots.map(({ isBusy, job }) => job?.job_id ?? (isBusy ? '?' : '.')).join('')

describe('placeJobs', () => {
  it.each([
    ['nothing runs', '', '', 3, undefined, '...'],
    ['the first jobs', '', 'ab', 4, undefined, 'ab..'],
    ['who stays keeps its place', 'abc', 'bc', 3, undefined, '.bc'],
    ['a new one takes the first free', 'abc', 'bcd', 3, undefined, 'dbc'],
    ['the order of the answer does not matter', 'abc', 'cab', 3, undefined, 'abc'],
    ['several leave and come', 'abcd', 'bxyz', 4, undefined, 'xbyz'],
    ['more than slots', 'ab', 'abc', 2, undefined, 'abc'],
    ['one too many stays until it ends', 'abc', 'c', 2, undefined, '..c'],
    ['and then the slot goes', '..c', 'd', 2, undefined, 'd.'],
    ['more than are named', '', 'ab', 5, 4, 'ab??.'],
    ['unnamed ones give way', 'ab??.', 'abc', 5, 3, 'abc..'],
    ['a worker with fewer slots than before', 'a...', 'a', 2, undefined, 'a.'],
    ['no slots known', '', '', 0, undefined, ''],
  ])('%s', (_, before, running, size, count, after) => {
    expect(write(placeJobs(read(before), jobs(running), size, count))).toBe(after)
  })

  it('keeps each job in its place while a hundred others come and go', () => {
    let slots = placeJobs<Job>([], jobs('z'), 8)
    for (let turn = 0; turn < 100; turn += 1) {
      const others = Array.from({ length: turn % 8 }, (_, index) => ({ job_id: `${turn}-${index}` }))
      slots = placeJobs(slots, [...others, ...jobs('z')], 8)
      expect(slots[0]?.job?.job_id).toBe('z')
      expect(slots.filter(({ isBusy }) => isBusy)).toHaveLength(others.length + 1)
    }
  })

  it('shows what the job says now', () => {
    const [slot] = placeJobs([{ isBusy: true, job: { job_id: 'a', n: 1 } }], [{ job_id: 'a', n: 2 }], 1)
    expect(slot?.job?.n).toBe(2)
  })
})

describe('countTypes', () => {
  it('counts, the most first, then by name', () => {
    const running = ['b', 'a', 'c', 'c', 'b', 'c'].map((type) => ({ type }))
    expect(countTypes(running)).toEqual([
      ['c', 3],
      ['b', 2],
      ['a', 1],
    ])
    expect(countTypes([])).toEqual([])
  })
})
