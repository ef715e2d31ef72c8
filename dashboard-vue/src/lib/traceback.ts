/** A Python traceback, taken apart so that the frames of one's own code stand out. */

export interface Frame {
  kind: 'frame'
  file: string
  line: number
  name: string
  /** Source and markers, as Python shows them. */
  code: string[]
  isOwn: boolean
}

export interface Words {
  kind: 'words'
  text: string
}

const FRAME = /^\s*(?:[|+\s-]*)File "(.+)", line (\d+)(?:, in (.+))?$/
const LIBRARY =
  /(?:^|\/)(?:site-packages|dist-packages)\/|(?:^|\/)lib(?:64)?\/python3[\d.]*\/|^<|goqueue_(?:worker|common)\//

/** The parts of a traceback, in its order: frames, and what stands between and after them. Never fails: what is no frame is words. */
export function readTraceback(text: string): (Frame | Words)[] {
  const parts: (Frame | Words)[] = []
  let words: string[] = []
  const flush = () => {
    if (words.join('').trim() !== '') parts.push({ kind: 'words', text: words.join('\n').trimEnd() })
    words = []
  }
  for (const line of text.trimEnd().split('\n')) {
    const found = FRAME.exec(line)
    const last = parts.at(-1)
    if (found) {
      flush()
      const [, file = '', number = '', name = ''] = found
      parts.push({ kind: 'frame', file, line: Number(number), name, code: [], isOwn: !LIBRARY.test(file) })
    } else if (words.length === 0 && last?.kind === 'frame' && /^\s{4}/.test(line)) {
      last.code.push(line.slice(4))
    } else {
      words.push(line)
    }
  }
  flush()
  return parts
}

export type Shown = { kind: 'folded'; frames: Frame[] } | Frame | Words

/** The same with runs of frames of libraries folded into one; without frames of one's own nothing is folded. */
export function foldLibraries(parts: readonly (Frame | Words)[]): Shown[] {
  if (!parts.some((part) => part.kind === 'frame' && part.isOwn)) return [...parts]
  const shown: Shown[] = []
  for (const part of parts) {
    const last = shown.at(-1)
    if (part.kind !== 'frame' || part.isOwn) shown.push(part)
    else if (last?.kind === 'folded') last.frames.push(part)
    else shown.push({ kind: 'folded', frames: [part] })
  }
  return shown
}
