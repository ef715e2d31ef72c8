import { computed, ref } from 'vue'
import { usePauseQueue, usePurgeQueue, useResumeQueue, useSetQueueLimit } from '@/api/queues'
import { useWhyNot } from '@/api/session'
import { plural } from '@/lib/format'
import { useToasts } from './useToasts'

/** What one may do with a queue, the dialogs that ask first, and what is said when it is done. */
export function useQueueSteering() {
  const { tell, fail } = useToasts()
  const { mutate: pauseQueue } = usePauseQueue()
  const { mutate: resumeQueue } = useResumeQueue()
  const { mutate: setQueueLimit, isPending: isSetting } = useSetQueueLimit()
  const { mutate: purgeQueue, isPending: isPurging } = usePurgeQueue()
  const dialog = ref<{ kind: 'limit' | 'purge'; name: string } | null>(null)
  const close = () => (dialog.value = null)
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
    pause: (name: string) =>
      pauseQueue(name, { onSuccess: () => tell(`${name} is paused: what runs goes on`), onError: fail }),
    resume: (name: string) => resumeQueue(name, { onSuccess: () => tell(`${name} goes on`), onError: fail }),
    setLimit(maxRunning: number | null) {
      const name = dialog.value?.name
      if (name === undefined) return
      const done = maxRunning === null ? `${name} has no limit now` : `${name} runs ${maxRunning} at once`
      setQueueLimit({ name, maxRunning }, { onSuccess: () => tell(done), onError: fail, onSettled: close })
    },
    purge() {
      const name = dialog.value?.name
      if (name === undefined) return
      purgeQueue(name, {
        onSuccess: ({ matched }) => tell(`${name}: ${plural(matched, 'job')} to cancel, in the background`),
        onError: fail,
        onSettled: close,
      })
    },
  }
}
