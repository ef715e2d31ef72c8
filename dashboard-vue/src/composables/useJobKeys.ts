import { useRouter } from 'vue-router'
import { copyText } from '@/composables/useClipboard'
import { useHotkeys } from '@/composables/useHotkeys'
import { useToasts } from '@/composables/useToasts'
import { BULK_ACTIONS, CHOSEN_ACTIONS, type ChosenAction } from '@/lib/bulk'
import { shortId } from '@/lib/format'
import type { Ref } from 'vue'

interface JobActs {
  current: Ref<string | null>
  move: (by: number) => void
  peek: () => void
  back: () => void
  toggle: (id: string) => void
  extend: (id: string) => void
  chooseAll: () => void
  act: (action: ChosenAction) => void
  show: () => void
}

/** What keys do in the list of jobs. */
export function useJobKeys({ current, move, peek, back, toggle, extend, chooseAll, act, show }: JobActs) {
  const router = useRouter()
  const { tell, fail } = useToasts()

  const onCurrent = (run: (id: string) => void) => () => {
    if (current.value !== null) run(current.value)
  }
  const copy = async (text: string, what: string) => {
    if (await copyText(text)) tell(`${what} copied`)
    else fail('The browser does not let this page copy.')
  }
  const down = ['Next job', () => move(1)] as [string, () => void]
  const up = ['Previous job', () => move(-1)] as [string, () => void]

  useHotkeys({
    j: down,
    k: up,
    ArrowDown: down,
    ArrowUp: up,
    Enter: ['Open the job', onCurrent((id) => void router.push(`/jobs/${id}`))],
    ' ': ['Peek at the job', peek],
    x: ['Select', onCurrent(toggle)],
    X: ['Select up to here', onCurrent(extend)],
    '* a': ['Select all that match', chooseAll],
    ...Object.fromEntries(
      CHOSEN_ACTIONS.map((action) => [
        BULK_ACTIONS[action].chord,
        [BULK_ACTIONS[action].verb, () => act(action)] as [string, () => void],
      ]),
    ),
    e: ['Edit and rerun', onCurrent((id) => void router.push({ path: '/submit', query: { from: id } }))],
    y: ['Copy the id', onCurrent((id) => void copy(id, `Id ${shortId(id)}`))],
    Y: [
      'Copy the link',
      onCurrent((id) => void copy(`${window.location.origin}/jobs/${id}`, `Link to ${shortId(id)}`)),
    ],
    '.': ['Show newer jobs', show],
    Escape: ['Close the peek, clear the selection', back],
  })
}
