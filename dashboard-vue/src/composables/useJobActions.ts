import { computed, ref } from 'vue'
import { useRouter } from 'vue-router'
import { useCancelJob, useDeleteJob, useRetryJob, useRunJobNow, type Job } from '@/api/job'
import { useWhyNot } from '@/api/session'
import { ACTION_LABELS, NEXT_ACTION, whyNotInStatus, type JobAction } from '@/lib/job-actions'
import { useToasts } from './useToasts'

const ORDER: JobAction[] = ['retry', 'run-now', 'cancel', 'edit', 'rerun', 'delete']
const CHORDS: Partial<Record<JobAction, string>> = {
  retry: 'r',
  cancel: 'z',
  rerun: 'e',
  delete: 'd',
  'run-now': 'n',
}

/** What can be done to the job that is shown, why not, and doing it. Deleting and editing ask first, by `asked`. */
export function useJobActions(job: () => Job | undefined) {
  const router = useRouter()
  const { tell, fail } = useToasts()
  const mayNotOperate = useWhyNot('operate')
  const mayNotSubmit = useWhyNot('submit')
  const [retry, runNow, cancel, remove] = [useRetryJob(), useRunJobNow(), useCancelJob(), useDeleteJob()]
  const asked = ref<'edit' | 'delete' | null>(null)

  const why = (action: JobAction) => {
    const status = job()?.status
    const mayNot = action === 'rerun' ? (mayNotSubmit.value ?? mayNotOperate.value) : mayNotOperate.value
    return mayNot ?? (status ? whyNotInStatus(action, status) : 'It is not here yet.')
  }
  const offered = computed(() =>
    ORDER.map((action) => ({
      action,
      label: ACTION_LABELS[action],
      chord: CHORDS[action],
      why: why(action),
      run: () => perform(action),
    })),
  )
  const next = computed(() => {
    const status = job()?.status
    return status && offered.value.find(({ action }) => action === NEXT_ACTION[status])
  })
  const isBusy = computed(() => [retry, runNow, cancel, remove].some((change) => change.isPending.value))

  async function change(what: { mutateAsync: (id: string) => Promise<unknown> }, id: string, told: string) {
    try {
      await what.mutateAsync(id)
      tell(told)
      return true
    } catch (error) {
      fail(error)
      return false
    }
  }

  function perform(action: JobAction) {
    const shown = job()
    if (!shown || why(action) !== undefined || isBusy.value) return
    if (action === 'edit' || action === 'delete') asked.value = action
    else if (action === 'rerun') void router.push({ path: '/submit', query: { from: shown.id } })
    else if (action === 'retry') void change(retry, shown.id, 'Queued again.')
    else if (action === 'run-now') void change(runNow, shown.id, 'Due now.')
    else void change(cancel, shown.id, shown.status === 'processing' ? 'Asked to stop.' : 'Cancelled.')
  }

  async function removeNow() {
    const shown = job()
    asked.value = null
    if (shown && (await change(remove, shown.id, 'Deleted.'))) void router.push('/jobs')
  }

  return { offered, next, isBusy, asked, perform, removeNow }
}
