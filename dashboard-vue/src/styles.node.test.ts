// @vitest-environment node
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { STATUSES } from './lib/status'

/** The colours of styles.css, measured: contrast by WCAG 2.2, and statuses as colour-blind eyes see them. */
const css = readFileSync(new URL('./styles.css', import.meta.url), 'utf8')

function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? ''
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]),
  )
}
const THEMES = { light: tokens(':root'), dark: tokens("[data-theme='dark']") }
type Theme = keyof typeof THEMES
type Triple = [number, number, number]

function linear(hex: string): Triple {
  return [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as Triple
}
const luminance = (hex: string) => {
  const [red, green, blue] = linear(hex)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
function contrast(one: string, other: string) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const times = (matrix: number[][], [x, y, z]: Triple) =>
  matrix.map(([a = 0, b = 0, c = 0]) => a * x + b * y + c * z) as Triple

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. */
const EYES: Record<string, number[][]> = {
  trichromat: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanope: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** Ottosson 2020. */
function oklab(rgb: Triple): Triple {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  ).map((part) => Math.cbrt(Math.max(0, part))) as Triple
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  )
}
function difference(eye: number[][], one: string, other: string) {
  const [a, b] = [one, other].map((hex) => oklab(times(eye, linear(hex)))) as [Triple, Triple]
  return 100 * Math.hypot(...a.map((part, at) => part - (b[at] ?? 0)))
}

const AA_TEXT = 4.5
const AA_PARTS = 3
const LEAST_DIFFERENCE = 6
const LEAST_OF_OPPOSITES = 11

describe.each<Theme>(['light', 'dark'])('the %s theme', (name) => {
  const theme = THEMES[name]
  const token = (of: string) => theme[of] ?? THEMES.light[of] ?? ''

  it.each(['ink', 'muted', 'accent'])('has %s that can be read on every ground', (text) => {
    for (const ground of ['bg', 'surface', 'raised']) {
      expect(contrast(token(text), token(ground)), ground).toBeGreaterThanOrEqual(AA_TEXT)
    }
  })

  it('has buttons that can be read', () =>
    expect(contrast(token('on-accent'), token('accent'))).toBeGreaterThanOrEqual(AA_TEXT))

  it('has edges of fields that can be seen', () => {
    for (const ground of ['bg', 'surface']) {
      expect(contrast(token('field'), token(ground))).toBeGreaterThanOrEqual(AA_PARTS)
    }
  })

  it.each(STATUSES)('has a glyph of %s that stands out', (status) => {
    expect(contrast(token(`s-${status}`), token('surface'))).toBeGreaterThanOrEqual(AA_TEXT)
    for (const ground of ['bg', 'raised']) {
      expect(contrast(token(`s-${status}`), token(ground)), ground).toBeGreaterThanOrEqual(AA_PARTS)
    }
  })

  it.each(Object.keys(EYES))('tells statuses apart for a %s', (kind) => {
    const eye = EYES[kind] ?? []
    const pairs = STATUSES.flatMap((one, at) => STATUSES.slice(at + 1).map((other) => [one, other] as const))
    for (const [one, other] of pairs) {
      const apart = difference(eye, token(`s-${one}`), token(`s-${other}`))
      expect(apart, `${one} and ${other}`).toBeGreaterThanOrEqual(LEAST_DIFFERENCE)
    }
    expect(difference(eye, token('s-completed'), token('s-failed'))).toBeGreaterThanOrEqual(
      LEAST_OF_OPPOSITES,
    )
  })
})
