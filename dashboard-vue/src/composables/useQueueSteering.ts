import { computed, ref } from 'vue'
import { usePauseQueue, usePurgeQueue, useResumeQueue, useSetQueueLimit } from '@/api/queues'
import { useWhyNot } from '@/api/session'
import { plural } from '@/lib/format'
import { useToasts } from './useToasts'

/** What one may do with a queue, the dialogs that ask first, and what is said when it is done. */
export function useQueueSteering() {
  const { tell, fail } = useToasts()
  const { mutateAsync: pauseQueue } = usePauseQueue()
  const { mutateAsync: resumeQueue } = useResumeQueue()
  const { mutateAsync: setQueueLimit, isPending: isSetting } = useSetQueueLimit()
  const { mutateAsync: purgeQueue, isPending: isPurging } = usePurgeQueue()
  const dialog = ref<{ kind: 'limit' | 'purge'; name: string } | null>(null)
  const close = () => (dialog.value = null)
  // Callbacks of `mutate` are of its last call alone; here each says what came of it.
  const say = <T>(asked: Promise<T>, done: (answer: T) => string) =>
    asked.then((answer) => void tell(done(answer)), fail)
  const openOf = (kind: 'limit' | 'purge') =>
    computed({
      get: () => dialog.value?.kind === kind,
      set: (isOpen) => (dialog.value = isOpen ? dialog.value : null),
    })

  return {
    whyNot: useWhyNot('operate'),
    whyNotPurge: useWhyNot('admin'),
    /** The queue that a dialog is about. */
    chosenName: computed(() => dialog.value?.name ?? null),
    isLimitOpen: openOf('limit'),
    isPurgeOpen: openOf('purge'),
    isSetting,
    isPurging,
    askLimit: (name: string) => (dialog.value = { kind: 'limit', name }),
    askPurge: (name: string) => (dialog.value = { kind: 'purge', name }),
    pause: (name: string) => void say(pauseQueue(name), () => `${name} is paused: what runs goes on`),
    resume: (name: string) => void say(resumeQueue(name), () => `${name} goes on`),
    setLimit(maxRunning: number | null) {
      const name = dialog.value?.name
      if (name === undefined) return
      const done = maxRunning === null ? `${name} has no limit now` : `${name} runs ${maxRunning} at once`
      void say(setQueueLimit({ name, maxRunning }), () => done).then(close)
    },
    purge() {
      const name = dialog.value?.name
      if (name === undefined) return
      const done = (matched: number) => `${name}: ${plural(matched, 'job')} to cancel, in the background`
      void say(purgeQueue(name), ({ matched }) => done(matched)).then(close)
    },
  }
}
