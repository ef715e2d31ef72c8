import { expect, it } from 'vitest'
import { findHandlers } from './handler-search'

const HANDLERS = [
  ['report.mail', 'Mail a report.'],
  ['mail.send', 'Send one.'],
  ['image.crop', 'Cut.'],
].map(([type = '', description = '']) => ({ type, versions: [{ description }] }))

it.each([
  ['', ['image.crop', 'mail.send', 'report.mail']],
  ['mail', ['mail.send', 'report.mail']],
  ['Mail rep', ['report.mail']],
  ['cut', ['image.crop']],
  ['nothing', []],
])('findHandlers %j: %j', (typed, expected) => {
  expect(findHandlers(HANDLERS, typed).map(({ type }) => type)).toEqual(expected)
})
