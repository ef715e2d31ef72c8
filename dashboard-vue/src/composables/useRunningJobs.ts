import type { Ref } from 'vue'
import { useRunning } from '@/api/running'
import { hasRunLong } from '@/lib/job-news'
import type { Row } from '@/lib/job-rows'
import { useNow } from './useNow'

/** How far jobs of a list are, by id; asked for while one of them has run for some time. */
export function useRunningJobs(rows: Ref<readonly Row[]>) {
  const now = useNow()
  return useRunning(() => rows.value.some((row) => hasRunLong(row, now.value))).data
}
