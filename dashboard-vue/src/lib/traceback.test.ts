import { describe, expect, it } from 'vitest'
import { foldLibraries, readTraceback } from './traceback'

const TEXT = `Traceback (most recent call last):
  File "/opt/goqueue/src/goqueue_worker/runner.py", line 41, in run
    return handler(payload, job)
  File "/usr/lib/python3.11/contextlib.py", line 81, in inner
    return func(*args, **kwds)
           ^^^^^^^^^^^^^^^^^^^
  File "/app/shop/orders.py", line 12, in ship
    raise ValueError(
        "no lines")
ValueError: order 17 has no lines
in two lines
`

describe('readTraceback', () => {
  it('tells frames of libraries from those of one’s own', () =>
    expect(
      readTraceback(TEXT).map((part) =>
        part.kind === 'frame' ? [part.name, part.line, part.isOwn] : part.text,
      ),
    ).toEqual([
      'Traceback (most recent call last):',
      ['run', 41, false],
      ['inner', 81, false],
      ['ship', 12, true],
      'ValueError: order 17 has no lines\nin two lines',
    ]))

  it('keeps the lines of code with their frame', () =>
    expect(readTraceback(TEXT)[3]).toMatchObject({ code: ['raise ValueError(', '    "no lines")'] }))

  it.each([
    ['/venv/lib/python3.12/site-packages/requests/api.py', false],
    ['<frozen importlib._bootstrap>', false],
    ['/app/goqueue_builtin/demo_fail.py', true],
    ['C:\\work\\jobs.py', true],
  ])('%s is one’s own: %s', (file, isOwn) =>
    expect(readTraceback(`  File "${file}", line 1, in x`)[0]).toMatchObject({ isOwn }),
  )

  it('takes what is no traceback as words', () =>
    expect(readTraceback('nothing\n  of the kind')).toEqual([
      { kind: 'words', text: 'nothing\n  of the kind' },
    ]))

  it('keeps causes apart', () =>
    expect(
      readTraceback(
        `${TEXT}\nThe above exception was the direct cause of the following exception:\n\n${TEXT}`,
      ).filter((part) => part.kind === 'words'),
    ).toHaveLength(3))
})

describe('foldLibraries', () => {
  it('folds frames of libraries that follow one another', () =>
    expect(foldLibraries(readTraceback(TEXT)).map((part) => part.kind)).toEqual([
      'words',
      'folded',
      'frame',
      'words',
    ]))

  it('shows all where no frame is one’s own', () =>
    expect(
      foldLibraries(readTraceback('  File "<string>", line 1, in x\nBoom')).map((part) => part.kind),
    ).toEqual(['frame', 'words']))
})
