import { ref } from 'vue'
import { usePauseSchedule, useResumeSchedule, useRunSchedule } from '@/api/schedules'
import { useToasts } from './useToasts'

/** What is done to a schedule by one press, and told by a toast. */
export function useScheduleActions() {
  const { tell, fail } = useToasts()
  const { mutateAsync: pause } = usePauseSchedule()
  const { mutateAsync: resume } = useResumeSchedule()
  const { mutateAsync: submit } = useRunSchedule()
  /** What is being done now: a second press must not do it twice. */
  const busy = ref<ReadonlySet<string>>(new Set())

  async function once(act: 'run' | 'pause', name: string, work: () => Promise<void>) {
    const key = `${act} ${name}`
    if (busy.value.has(key)) return
    busy.value = new Set([...busy.value, key])
    try {
      await work()
    } catch (error) {
      fail(error)
    } finally {
      busy.value = new Set([...busy.value].filter((other) => other !== key))
    }
  }

  const run = (name: string) =>
    once('run', name, async () => {
      const job = await submit(name)
      tell(`${name} runs now`, { label: 'Open its job', to: `/jobs/${job.id}` })
    })

  const togglePause = ({ name, paused }: { name: string; paused: boolean }) =>
    once('pause', name, async () => {
      await (paused ? resume(name) : pause(name))
      tell(paused ? `${name} resumed` : `${name} paused`)
    })

  return {
    run,
    togglePause,
    isBusy: (act: 'run' | 'pause', name: string) => busy.value.has(`${act} ${name}`),
  }
}
