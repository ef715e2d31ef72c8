/** Words of the filter box: `-queue:"a b",c` apart into key and values, and together again. */

export interface Value {
  text: string
  /** It stood in quotes: `"42"` is not the number. */
  isQuoted: boolean
}

export interface Word {
  /** Positions in the text: from the first character to behind the last one. */
  from: number
  to: number
  isDenied: boolean
  /** null: nothing with a colon. */
  key: string | null
  /** Behind the colon; one without a key. Empty: nothing stands there. */
  values: Value[]
  /** A quote is not closed. */
  isOpen: boolean
  /** Where the last value begins; the end of the word where it is still to come. */
  lastFrom: number
}

interface Letter {
  letter: string
  /** Behind it in the text. */
  end: number
  /** In quotes or behind a backslash: it parts nothing. */
  isPlain: boolean
}

/** Words with spaces between them; `isOpen` where a quote is not closed. */
export function readWords(text: string): Word[] {
  const words: Word[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text[at]!)) at += 1
    else {
      const word = readWord(text, at)
      words.push(word)
      at = word.to
    }
  }
  return words
}

function readWord(text: string, from: number): Word {
  const letters: Letter[] = []
  const quotes: number[] = []
  let isInside = false
  let at = from
  for (; at < text.length && (isInside || !/\s/.test(text[at]!)); at += 1) {
    const letter = text[at]!
    if (letter === '"') {
      isInside = !isInside
      quotes.push(letters.length)
    } else if (letter === '\\' && at + 1 < text.length) {
      at += 1
      letters.push({ letter: text[at]!, end: at + 1, isPlain: true })
    } else letters.push({ letter, end: at + 1, isPlain: isInside })
  }
  return { from, to: at, isOpen: isInside, ...partsOf(letters, quotes, from) }
}

function partsOf(letters: Letter[], quotes: number[], from: number) {
  const colon = letters.findIndex(({ letter, isPlain }) => letter === ':' && !isPlain)
  const isDenied = letters[0]?.letter === '-' && !letters[0].isPlain && letters.length > 1
  const start = isDenied ? 1 : 0
  const hasKey = colon > start
  const key = hasKey ? written(letters.slice(start, colon)) : null
  const first = hasKey ? colon + 1 : start
  const parting = letters.findLast(({ letter, isPlain }, at) => at >= first && letter === ',' && !isPlain)
  const lastFrom = parting?.end ?? letters[first - 1]?.end ?? from
  return { isDenied, key, values: valuesOf(letters, first, quotes), lastFrom }
}

const written = (letters: Letter[]) => letters.map(({ letter }) => letter).join('')

function valuesOf(letters: Letter[], start: number, quotes: number[]): Value[] {
  const values: Value[] = []
  let from = start
  for (let at = start; at <= letters.length; at += 1) {
    const isEnd = at === letters.length || (letters[at]!.letter === ',' && !letters[at]!.isPlain)
    if (!isEnd) continue
    const isQuoted = quotes.some((quote) => quote === from)
    if (at > from || (isQuoted && quotes.filter((quote) => quote === from).length > 1)) {
      values.push({ text: written(letters.slice(from, at)), isQuoted })
    }
    from = at + 1
  }
  return values
}

const NEEDS_QUOTES = /[\s",\\]|^$/

/** As it is, or in quotes where it would fall apart. */
export const printValue = (text: string) => (NEEDS_QUOTES.test(text) ? quoted(text) : text)
export const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`
/** Every letter that parts words or values behind a backslash. */
export const escaped = (text: string) => text.replace(/[\s",\\:]/g, '\\$&')
